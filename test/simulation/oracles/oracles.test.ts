/** Each judge passes a run in which nothing was wrong, and says so when one thing is. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { History, LoggedRecord, Oracle } from '../../../src/testing/simulation/history.ts'
import { audit } from '../../../src/testing/simulation/oracles/audit.ts'
import { brokerLog } from '../../../src/testing/simulation/oracles/broker-log.ts'
import { changelog } from '../../../src/testing/simulation/oracles/changelog.ts'
import { conservation } from '../../../src/testing/simulation/oracles/conservation.ts'
import { effects } from '../../../src/testing/simulation/oracles/effects.ts'
import { judge } from '../../../src/testing/simulation/oracles/judge.ts'
import { ledger } from '../../../src/testing/simulation/oracles/ledger.ts'
import { letters } from '../../../src/testing/simulation/oracles/letters.ts'
import { moments } from '../../../src/testing/simulation/oracles/moments.ts'
import { positions } from '../../../src/testing/simulation/oracles/positions.ts'
import { reference } from '../../../src/testing/simulation/oracles/reference.ts'
import { watermark } from '../../../src/testing/simulation/oracles/watermark.ts'
import { any, changed, cutTail, doubled, dropped, replaceOne, withRecords } from './doctored.ts'
import { asking, counting, mapping } from './examples.ts'
import { smallRun } from './small-world.ts'

type Run = 'mapping' | 'counting' | 'asking'
type Doctor = (history: History) => History

let good: Readonly<Record<Run, History>>

beforeAll(async () => {
  const made = { mapping: mapping(), counting: counting(), asking: asking() }
  good = {
    mapping: await smallRun({ ...made.mapping, partitions: 2 }),
    counting: await smallRun({ ...made.counting, partitions: 2 }),
    asking: await smallRun({ ...made.asking, partitions: 2 }),
  }
})

const unanswered = 'asking.dlq.unanswered'
const letterQueue = 'mapping.dlq.orders'
const counts = 'counts'
const rows = 'counting.per-second.changelog'
const repartition = 'counting.page.repartition'

const isMark = ({ headers }: LoggedRecord): boolean => headers.some(({ name }) => name === '__millrace.mark')
const isRecord = (record: LoggedRecord): boolean => !isMark(record)
const hasValue = ({ value }: LoggedRecord): boolean => value !== null

/** A task's row of the progress topic. */
const standsBehind = (task: string) => (record: LoggedRecord) => record.key?.toString() === task

interface Saved {
  readonly watermark: { readonly value: number; readonly inputs: Readonly<Record<string, { readonly taken: number }>> }
  readonly operators: Readonly<Record<string, { readonly time: number }>>
}

const withTime = (change: (value: number) => number) =>
  changed((saved: Saved) => ({ ...saved, watermark: { ...saved.watermark, value: change(saved.watermark.value) } }))

/** The largest time that a task says it has taken is another. */
const withTaken = (by: number) =>
  changed((saved: Saved) => {
    const { clicks } = saved.watermark.inputs
    const inputs = { clicks: { ...clicks, taken: clicks!.taken + by } }
    return { ...saved, watermark: { ...saved.watermark, inputs } }
  })

/** A reader's record is another one. */
const reading =
  (
    isMeant: (read: History['reads'][number]) => boolean,
    make: (read: History['reads'][number]) => History['reads'],
  ): Doctor =>
  (history) => {
    const index = history.reads.findIndex(isMeant)
    return {
      ...history,
      reads: [...history.reads.slice(0, index), ...make(history.reads[index]!), ...history.reads.slice(index + 1)],
    }
  }

/** A judge, the run it is shown, what is wrong with it, and what it must say. */
const cases: readonly (readonly [oracle: Oracle, run: Run, wrong: string, doctor: Doctor, says: RegExp])[] = [
  [reference, 'mapping', 'an output is missing', (run) => replaceOne(run, 'large', any, dropped), /lacks 1/],
  [reference, 'mapping', 'an output is doubled', (run) => replaceOne(run, 'large', any, doubled), /1 too many/],
  [reference, 'mapping', 'the tail of the outputs is cut', (run) => withRecords(run, 'large', cutTail), /lacks/],
  [
    reference,
    'mapping',
    'an output was aborted',
    (run) => replaceOne(run, 'large', any, (one) => [{ ...one, fate: 'aborted' }]),
    /lacks/,
  ],
  [
    reference,
    'mapping',
    'a dead letter is missing',
    (run) => replaceOne(run, letterQueue, any, dropped),
    /dlq.orders lacks/,
  ],
  [
    reference,
    'counting',
    'a count is too small',
    (run) =>
      replaceOne(
        run,
        counts,
        any,
        changed((count: number) => count - 1),
      ),
    /too many|lacks/,
  ],
  [reference, 'counting', 'a window spoke twice', (run) => replaceOne(run, counts, any, doubled), /too many/],
  [ledger, 'mapping', 'an output is missing', (run) => replaceOne(run, 'large', any, dropped), /lacks 1/],
  [
    ledger,
    'mapping',
    'an output lies in another transaction',
    (run) => replaceOne(run, 'large', any, (one) => [{ ...one, producerEpoch: 1 }]),
    /without the record/,
  ],
  [
    ledger,
    'mapping',
    'a letter lies outside of its transaction',
    (run) => replaceOne(run, letterQueue, any, (one) => [{ ...one, producerEpoch: 99 }]),
    /without the record/,
  ],
  [
    ledger,
    'counting',
    'a record was not passed on',
    (run) => replaceOne(run, repartition, isRecord, dropped),
    /lacks 1/,
  ],
  [
    ledger,
    'counting',
    'a record was passed on twice',
    (run) => replaceOne(run, repartition, isRecord, doubled),
    /without the record/,
  ],
  [brokerLog, 'mapping', 'a committed record is lost', (run) => replaceOne(run, 'orders', any, dropped), /lost/],
  [
    brokerLog,
    'mapping',
    'a record was written twice',
    (run) => replaceOne(run, 'orders', any, doubled),
    /more than it was written/,
  ],
  [
    brokerLog,
    'mapping',
    'a transaction is torn',
    (run) => replaceOne(run, 'large', any, (one) => [{ ...one, fate: 'aborted' }]),
    /is (aborted|committed) at/,
  ],
  [
    brokerLog,
    'mapping',
    'an aborted record was read',
    (run) => replaceOne(run, 'large', any, (one) => [{ ...one, fate: 'aborted' }]),
    /although it was aborted/,
  ],
  [
    brokerLog,
    'mapping',
    'a record was read before its commit',
    (run) => replaceOne(run, 'large', any, (one) => [{ ...one, fate: 'open' }]),
    /before it was committed/,
  ],
  [
    brokerLog,
    'mapping',
    'an offset has two values',
    (run) =>
      replaceOne(
        run,
        'large',
        any,
        changed(() => 'other'),
      ),
    /two values/,
  ],
  [
    brokerLog,
    'mapping',
    'a record was never read',
    reading(
      ({ topic }) => topic === 'large',
      () => [],
    ),
    /never read/,
  ],
  [
    brokerLog,
    'mapping',
    'a record was read twice',
    reading(
      ({ topic }) => topic === 'large',
      (read) => [read, read],
    ),
    /was read after/,
  ],
  [changelog, 'counting', 'a changelog row is missing', (run) => withOpenRow(run, true), /lacks/],
  [conservation, 'asking', 'an answer is missing', (run) => replaceOne(run, 'answers', any, dropped), /have no end/],
  [conservation, 'asking', 'an answer came twice', (run) => replaceOne(run, 'answers', any, doubled), /more ended/],
  [
    conservation,
    'asking',
    'a letter was aborted',
    (run) => replaceOne(run, unanswered, any, (one) => [{ ...one, fate: 'aborted' }]),
    /have no end/,
  ],
  [
    changelog,
    'counting',
    'a deletion is missing',
    (run) => replaceOne(run, rows, ({ value }) => value === null, dropped),
    /that the live store lacks/,
  ],
  [changelog, 'counting', 'a live row differs', (run) => withOpenRow(run, false), /the live store/],
  [changelog, 'counting', 'nobody has the rows', (run) => ({ ...run, stores: [] }), /nobody has the rows/],
  [
    watermark,
    'counting',
    'a task went back',
    (run) =>
      replaceOne(
        run,
        'counting.progress',
        standsBehind('clicks-0'),
        withTime((time) => time - 60_000),
      ),
    /went back/,
  ],
  [
    watermark,
    'counting',
    'a task is ahead of who writes for it',
    (run) =>
      replaceOne(
        run,
        'counting.progress',
        standsBehind(`${repartition}-0`),
        withTime((time) => time + 1),
      ),
    /past the smallest mark/,
  ],
  [
    watermark,
    'counting',
    'a task promised too much',
    (run) =>
      replaceOne(
        run,
        'counting.progress',
        standsBehind('clicks-1'),
        withTime((time) => time - 1),
      ),
    /promised/,
  ],
  [
    moments,
    'counting',
    'progress is ahead of positions',
    (run) => replaceOne(run, 'counting.progress', standsBehind('clicks-0'), withTaken(1)),
    /has taken/,
  ],
  [
    moments,
    'counting',
    'progress is behind positions',
    (run) => replaceOne(run, 'counting.progress', standsBehind('clicks-1'), withTaken(-1)),
    /has taken/,
  ],
  [
    positions,
    'mapping',
    'the last records were not read',
    (run) => withRecords(run, 'orders', (records) => [...records, { ...records.at(-1)!, offset: 1_000 }]),
    /was read up to/,
  ],
  [
    positions,
    'mapping',
    'a position went back',
    (run) => withRecords(run, '__consumer_offsets', (records) => records.map(reversedFates(records))),
    /went back/,
  ],
  [letters, 'mapping', 'a letter is missing', (run) => replaceOne(run, letterQueue, any, dropped), /lacks 1 planted/],
  [letters, 'mapping', 'a letter came twice', (run) => replaceOne(run, letterQueue, any, doubled), /two letters/],
  [
    letters,
    'mapping',
    'a letter has another value',
    (run) => replaceOne(run, letterQueue, any, (one) => [{ ...one, value: Buffer.from('{}') }]),
    /another value/,
  ],
  [
    letters,
    'mapping',
    'a letter has other headers',
    (run) => replaceOne(run, letterQueue, any, (one) => [{ ...one, headers: one.headers.slice(1) }]),
    /other headers|another headers/,
  ],
  [
    letters,
    'mapping',
    'a letter is of a record that is not there',
    (run) => replaceOne(run, 'orders', ({ headers }) => headers.length > 0, dropped),
    /not there/,
  ],
  [
    audit,
    'mapping',
    'the broker saw a broken chain',
    (run) => ({ ...run, audit: { ...run.audit, violations: [violation] } }),
    /broken-chain/,
  ],
  [
    audit,
    'mapping',
    'the broker saw nothing at all',
    (run) => ({ ...run, audit: { violations: [], chains: 0, commits: 0 } }),
    /saw none/,
  ],
  [
    effects,
    'mapping',
    'user code did something twice',
    (run) => ({ ...run, effects: { expected: [1], found: [1, 1] } }),
    /differs/,
  ],
]

const violation = {
  kind: 'broken-chain',
  transactionalId: 'a',
  groupId: 'b',
  partition: null,
  text: 'a was not told',
} as const

/** Positions in the order of their time, but visible the other way round. */
function reversedFates(records: readonly LoggedRecord[]): (record: LoggedRecord) => LoggedRecord {
  const last = Math.max(...records.map(({ decidedAt }) => decidedAt)) + 1
  return (record) => (record.decidedAt < 0 ? record : { ...record, decidedAt: last - record.decidedAt })
}

/** At the end all windows are closed: one row is put back on one side. */
function withOpenRow(history: History, isLive: boolean): History {
  const [store] = history.stores
  const log = history.partitions.find(({ topic, partition }) => topic === rows && partition === store!.partition)
  const row = log!.records.find(hasValue)!
  const live = { key: row.key!, value: row.value!, time: row.timestamp }
  if (isLive) return { ...history, stores: [{ ...store!, rows: [live] }, ...history.stores.slice(1)] }
  const open = replaceOne(history, rows, (one) => one.value === null && one.key!.equals(row.key!), dropped)
  return { ...open, stores: [{ ...store!, rows: [{ ...live, time: 1 }] }, ...history.stores.slice(1)] }
}

describe('a run in which nothing was wrong', () => {
  test.each(['mapping', 'counting', 'asking'] as const)('is passed: %s', (run) => {
    expect(judge(good[run])).toEqual([])
  })

  test('has what the judges are to look at', () => {
    const { mapping: plain, counting: windowed } = good
    const of = (topic: string, { partitions }: History): number =>
      partitions.filter((log) => log.topic === topic).flatMap(({ records }) => records).length
    expect(of('large', plain)).toBeGreaterThan(30)
    expect(of(letterQueue, plain)).toBe(3)
    expect(of(counts, windowed)).toBeGreaterThan(30)
    expect(plain.audit.commits).toBeGreaterThan(10)
    expect(windowed.stores).toHaveLength(2)
  })
})

describe('what is wrong is said', () => {
  test.each(
    cases.map(([oracle, run, wrong, doctor, says]) => ({ oracle, run, wrong, doctor, says, name: oracle.name })),
  )('by $name: $wrong', ({ oracle, run, doctor, says }) => {
    expect(oracle(good[run])).toEqual([])
    const found = oracle(doctor(good[run]))
    expect(found.map(({ what }) => what).join('\n')).toMatch(says)
  })
})
