/** Against answers that Kafka Streams gave once, and the worked cases: no Java needed. */
import { describe, expect, test } from 'vitest'
import { differenceOf } from './compare.ts'
import { families } from './families.ts'
import { askMillrace } from './millrace/answer.ts'
import { familyNamed, goldenFolder, judgeRecorded, keptFolder, readRecorded } from './recorded.ts'
import { workedCases } from './worked/index.ts'

const golden = readRecorded(goldenFolder)

describe('Millrace', () => {
  test.each(workedCases)('answers the worked case $name as written', ({ about, expected }) => {
    const { steps } = askMillrace(about)
    const { comparison } = familyNamed(about.operator)
    expect(differenceOf(comparison, { steps: expected, until: expected.length }, steps)).toBeNull()
  })

  test.each(families)('agrees with what Kafka Streams answered: $name', ({ name }) => {
    const recorded = golden.filter(({ about }) => about.operator === name)
    expect(recorded.length).toBeGreaterThan(0)
    for (const each of recorded) {
      const { outcome, difference, error } = judgeRecorded(each)
      expect(error, error?.stack ?? '').toBeNull()
      expect(outcome, JSON.stringify({ each, difference })).not.toBe('different')
    }
  })

  test.each(readRecorded(keptFolder))('still agrees in a case that failed once: $name', (kept) => {
    const { outcome, difference, error } = judgeRecorded(kept)
    expect(error, error?.stack ?? '').toBeNull()
    expect(outcome, JSON.stringify(difference)).not.toBe('different')
  })
})
