/** `advance({ eventTime })`: as if each source had said that nothing older comes any more. */
import { describe, expect, test } from 'vitest'
import { from, number, text, topic, topology, tumbling } from '../../src/index.ts'
import { type DriveOptions, drive, type Flow } from '../../src/testing/drive.ts'

const words = topic('words', { key: text, value: text })
const others = topic('others', { key: text, value: text })
const counts = topic('counts', { key: text, value: number })
const late = topic('late', { key: text, value: text })
const tens = tumbling({ milliseconds: 10 })

const own = from(words, { idle: 'off' }).window(tens).count('own')
const behind = from(words, { idle: 'off' })
  .keyBy('by', (word) => word)
  .window(tens)
  .count('behind')
const beside = from(words, { idle: 'off' })
  .keyBy('by', (word) => word)
  .join('beside', from(others, { idle: 'off' }), (word, other) => word + other, { within: { milliseconds: 5 } })
  .window(tens)
  .count('both')

const cases = [
  { name: 'a fold', results: own, closesAt: 10 },
  { name: 'a fold behind a repartition topic', results: behind, closesAt: 10 },
] as const

const countsOf = (flow: Flow): string[] => flow.take(counts).map(({ key, value, time }) => `${key}=${value}@${time}`)

describe('event time without a record', () => {
  test.each(cases)('closes the windows of $name at the very millisecond', ({ results, closesAt }) => {
    const flow = drive(topology('app', results.to(counts)), { partitions: 3 })
    flow.put(words, 'a', { key: 'a', time: 5 })
    flow.advance({ eventTime: closesAt - 1 })
    expect(countsOf(flow)).toEqual([])
    flow.advance({ eventTime: closesAt })
    expect(countsOf(flow)).toEqual(['a=1@5'])
  })

  test('reaches what several inputs hold, one of them a repartition topic', () => {
    const flow = drive(topology('app', beside.to(counts)))
    flow.put(words, 'a', { key: 'x', time: 5 })
    flow.put(others, 'b', { key: 'a', time: 6 })
    flow.advance({ eventTime: 14 })
    expect(countsOf(flow)).toEqual([])
    flow.advance({ eventTime: 1_000 })
    expect(countsOf(flow)).toEqual(['a=1@6'])
  })

  test('makes what is older late, and never goes back', () => {
    const flow = drive(topology('app', own.to(counts), own.late.map(({ value }) => value).to(late)))
    flow.advance({ eventTime: 20 })
    flow.advance({ eventTime: 10 })
    flow.put(words, 'x', { key: 'a', time: 9 })
    flow.put(words, 'y', { key: 'a', time: 11 })
    expect(flow.take(late).map(({ value }) => value)).toEqual(['x', 'y'])
  })

  test('is committed: a restart knows it', () => {
    const flow = drive(topology('app', own.to(counts), own.late.map(({ value }) => value).to(late)))
    flow.advance({ eventTime: 20 })
    flow.restart()
    flow.put(words, 'x', { key: 'a', time: 9 })
    expect(flow.take(late)).toHaveLength(1)
  })

  test('is a decision: a replay takes it again', () => {
    const build = (options: DriveOptions = {}): Flow => drive(topology('app', own.to(counts)), options)
    const given = (flow: Flow): string[] => {
      for (const time of [5, 12]) flow.put(words, 'x', { key: 'a', time })
      return countsOf(flow)
    }
    const flow = build()
    flow.put(words, 'x', { key: 'a', time: 5 })
    flow.advance({ eventTime: 10 })
    flow.put(words, 'x', { key: 'a', time: 12 })
    const first = countsOf(flow)
    expect(first).toEqual(['a=1@5'])
    expect(given(build({ decisions: flow.decisions() }))).toEqual(first)
  })

  test('moves no wall clock', () => {
    const flow = drive(topology('app', own.to(counts)), { now: 3 })
    flow.advance({ eventTime: 1_000 })
    flow.put(words, 'x', { key: 'a' })
    expect(flow.counters.late).toBe(1)
  })
})
