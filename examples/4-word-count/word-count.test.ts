import { expect, test } from 'vitest'
import { drive } from '../../src/testing/index.ts'
import { counts, lines, wordCount } from './topology.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const since = new Date(noon).toISOString()

test('a minute speaks once, when it and its grace are over', () => {
  const flow = drive(wordCount)
  flow.put(lines, 'to be or not to be', { time: noon })
  expect(flow.take(counts)).toEqual([])

  flow.advance({ minutes: 1, seconds: 10 })
  const said = flow.take(counts).map(({ key, value }) => ({ key, value }))
  expect(said).toHaveLength(4)
  expect(said).toEqual(
    expect.arrayContaining([
      { key: 'to', value: { word: 'to', since, count: 2 } },
      { key: 'be', value: { word: 'be', since, count: 2 } },
      { key: 'or', value: { word: 'or', since, count: 1 } },
      { key: 'not', value: { word: 'not', since, count: 1 } },
    ]),
  )
})

test('a line within the grace still counts, one behind it does not', () => {
  const flow = drive(wordCount)
  flow.put(lines, 'mill', { time: noon })
  flow.put(lines, 'race', { time: noon + 65_000 })
  flow.put(lines, 'mill', { time: noon + 1_000 })
  flow.put(lines, 'race', { time: noon + 75_000 })
  flow.put(lines, 'mill', { time: noon + 2_000 })
  flow.end()

  const mills = flow.take(counts).filter(({ key }) => key === 'mill')
  expect(mills.map(({ value }) => value)).toEqual([{ word: 'mill', since, count: 2 }])
})
