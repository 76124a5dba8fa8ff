/** What may be demanded of an output, as its graph and its input say. */
import { describe, expect, test } from 'vitest'
import { from, number, retry, type SinkNode, table, text, topic, topology, tumbling } from '../../../src/index.ts'
import type { History, LoggedRecord } from '../../../src/testing/simulation/history.ts'
import { demandsOf } from '../../../src/testing/simulation/oracles/demands.ts'

const items = topic('items', { key: text, value: text })
const owners = table('owners', { key: text, value: text })
const texts = topic('texts', { key: text, value: text })
const numbers = topic('numbers', { key: text, value: number })

const source = () => from(items, { outOfOrderness: { milliseconds: 10 } })
const rekeyed = () => source().keyBy('by', (item) => item)
const perSecond = () => rekeyed().window(tumbling({ seconds: 1 }))

function recordAt(offset: number, timestamp: number): LoggedRecord {
  const bytes = Buffer.from('a')
  const place = { offset, timestamp, key: bytes, value: bytes, headers: [] }
  return { ...place, producerId: 1, producerEpoch: offset, fate: 'committed', decidedAt: offset }
}

/** A run that has read records with these times. */
function runOf(sink: SinkNode, times: readonly number[]): History {
  const log = { topic: 'items', partition: 0, endOffset: times.length, stableOffset: times.length, isWhole: true }
  return {
    topology: topology('app', sink),
    partitions: [{ ...log, records: times.map((time, offset) => recordAt(offset, time)) }],
    written: [],
    reads: [],
    requests: [],
    events: [],
    stores: [],
    audit: { violations: [], chains: 0, commits: 0 },
    effects: null,
    isDrained: true,
  }
}

const inTime = [100, 95, 110]
const tooLate = [100, 95, 80]

const cases: readonly (readonly [what: string, sink: () => SinkNode, times: readonly number[], demand: string])[] = [
  [
    'steps that keep nothing',
    () =>
      rekeyed()
        .map((item) => item)
        .to(texts),
    tooLate,
    'rows',
  ],
  ['windows, in time', () => perSecond().count('n').to(numbers), inTime, 'rows'],
  ['windows, and something was late', () => perSecond().count('n').to(numbers), tooLate, 'none'],
  ['updates of windows', () => perSecond().count('n').updates().to(numbers), inTime, 'last'],
  ['a running count', () => rekeyed().count('n').toStream().to(numbers), inTime, 'last'],
  [
    'late windows of a task that reads the users topic alone',
    () =>
      source()
        .window(tumbling({ seconds: 1 }))
        .count('n')
        .to(numbers),
    tooLate,
    'rows',
  ],
  [
    'a table beside a stream of the user',
    () =>
      source()
        .leftJoin(from(owners), (item) => item)
        .to(texts),
    tooLate,
    'rows',
  ],
  [
    'what passes once, behind keyBy',
    () =>
      rekeyed()
        .dedupe('once', { within: { seconds: 1 } })
        .to(texts),
    inTime,
    'keys',
  ],
  [
    'answers from outside',
    () =>
      source()
        .mapAsync('ask', async (item) => item)
        .to(texts),
    inTime,
    'none',
  ],
  [
    'records that are tried again',
    () =>
      source()
        .map((item) => item, { onFailure: [retry({ times: 1, backoff: [{ seconds: 1 }, { seconds: 2 }] })] })
        .to(texts),
    inTime,
    'none',
  ],
]

describe('what is demanded of', () => {
  test.each(cases.map(([what, sink, times, demand]) => ({ what, sink, times, demand })))(
    '$what: $demand',
    ({ sink, times, demand }) => {
      const made = sink()
      expect(demandsOf(runOf(made, times)).get(made.topic.name)).toBe(demand)
    },
  )
})
