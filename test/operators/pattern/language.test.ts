/** Patterns as values, and what is refused before anything runs. */
import { describe, expect, test } from 'vitest'
import { begin, from, json, MillraceError, text, topic } from '../../../src/index.ts'
import type { KeyedStream } from '../../../src/topology/stream.ts'

const any = (): boolean => true
const words = from(topic('words', { key: text, value: json<string>() }))
const sequence = begin('a', any).next('b', any)
const options = { within: { seconds: 1 }, select: () => '' }

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof MillraceError) return error.code
    throw error
  }
  return 'nothing was refused'
}

describe('a sequence', () => {
  test('is never changed: each call gives another', () => {
    const one = begin('a', any)
    const several = one.oneOrMore()
    const more = several.followedBy('b', any)
    expect([one, several, more].map(({ steps }) => steps.length)).toEqual([1, 1, 2])
    expect(one.steps[0]).toMatchObject({ from: 1, to: 1 })
    expect(several.steps[0]).toMatchObject({ from: 1, to: null })
    expect([several, several.steps, several.steps[0]].every(Object.isFrozen)).toBe(true)
  })

  test('is plain data', () => {
    const { steps } = begin('a', any)
      .times(2, 4)
      .consecutive()
      .greedy()
      .notNext('no c', any)
      .followedByAny('b', any)
      .optional()
      .notFollowedBy('no d', any)
    expect(JSON.parse(JSON.stringify(steps))).toEqual([
      { kind: 'take', name: 'a', contiguity: 'any', inner: 'strict', from: 2, to: 4, optional: false, greedy: true },
      { kind: 'refuse', name: 'no c', reach: 'next' },
      { kind: 'take', name: 'b', contiguity: 'any', inner: 'relaxed', from: 1, to: 1, optional: true, greedy: false },
      { kind: 'refuse', name: 'no d', reach: 'until-next-step' },
    ])
  })
})

const untyped = sequence as unknown as Record<string, (...parameters: unknown[]) => never>
const refused = begin('a', any).notNext('b', any) as unknown as { times(count: number): unknown }
const unkeyed = words.mapKeyValue((word) => [word, word]) as unknown as KeyedStream<string, string>

test.each([
  ['two steps of one name', 'MR4001', () => untyped.next!('a', any)],
  ['a step and a refusal of one name', 'MR4001', () => sequence.notNext('a', any)],
  ['times(0)', 'MR1003', () => begin('a', any).times(0)],
  ['times(1.5)', 'MR1003', () => begin('a', any).times(1.5)],
  ['times(3, 2)', 'MR1003', () => begin('a', any).times(3, 2)],
  ['a number of records that are refused', 'MR1003', () => refused.times(2)],
  ['no time for a match', 'MR4003', () => words.pattern('p', sequence, { ...options, within: {} })],
  ['a negative time', 'MR1003', () => words.pattern('p', sequence, { ...options, within: { seconds: -1 } })],
  ['no sequence', 'MR4004', () => words.pattern('p', undefined as never, options)],
  ['a stream without key', 'MR4004', () => unkeyed.pattern('p', sequence, options)],
  ['a name that Kafka refuses', 'MR4002', () => words.pattern('a pattern', sequence, options)],
  ['an unknown way to skip', 'MR1003', () => words.pattern('p', sequence, { ...options, skip: 'all' as never })],
])('%s: %s', (_name, code, run) => {
  expect(codeOf(run)).toBe(code)
})
