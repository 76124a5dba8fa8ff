/** What is left of an answer to Fetch: committed records, whatever the order in which aborted transactions are listed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BatchContext,
  batchesOf,
  endOf,
  type FetchedData,
  type FetchedMessage,
} from '../../src/kafka/kafkajs/fetched.ts'
import { rowsOf } from '../contracts/tools.ts'

type Step =
  | { readonly kind: 'write'; readonly producer: number; readonly count: number }
  | { readonly kind: 'end'; readonly producer: number; readonly committed: boolean }

interface Log {
  readonly batches: readonly (readonly FetchedMessage[])[]
  readonly aborted: readonly {
    readonly producerId: string
    readonly firstOffset: string
    readonly lastOffset: number
  }[]
  /** Values of records that were committed, with their offsets. */
  readonly committed: readonly (readonly [number, string])[]
}

const producer = fc.integer({ min: 0, max: 3 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('write'), producer, count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end'), producer, committed: fc.boolean() }) },
)

/** Producer 0 writes outside of transactions; whatever is open at the end is ended. */
function logOf(steps: readonly Step[]): Log {
  const open = new Map<number, [number, string][]>()
  const batches: FetchedMessage[][] = []
  const aborted: { producerId: string; firstOffset: string; lastOffset: number }[] = []
  const committed: (readonly [number, string])[] = []
  let offset = 0
  const push = (
    producerId: number,
    records: { key: Buffer | null; value: Buffer | null }[],
    isControlBatch: boolean,
  ) => {
    const batchContext: BatchContext = {
      firstOffset: String(offset),
      lastOffsetDelta: records.length - 1,
      producerId: String(producerId),
      inTransaction: producerId > 0,
      isControlBatch,
      timestampType: 0,
    }
    batches.push(records.map((record, n) => ({ ...record, offset: String(offset + n), timestamp: '1', batchContext })))
    offset += records.length
  }
  const end = (producerId: number, isCommit: boolean) => {
    const records = open.get(producerId) ?? []
    if (records.length === 0) return
    if (isCommit) committed.push(...records)
    else aborted.push({ producerId: String(producerId), firstOffset: String(records[0]![0]), lastOffset: offset })
    push(producerId, [{ key: Buffer.from([0, 0, 0, isCommit ? 1 : 0]), value: null }], true)
    open.set(producerId, [])
  }
  for (const each of steps) {
    if (each.kind === 'end') end(each.producer, each.committed)
    else {
      const values = Array.from({ length: each.count }, (_, n) => [offset + n, `v${offset + n}`] as [number, string])
      if (each.producer === 0) committed.push(...values)
      else open.set(each.producer, [...(open.get(each.producer) ?? []), ...values])
      // A key of four zero bytes looks like an abort marker to who does not ask whether the batch is one.
      push(
        each.producer,
        values.map(([, value]) => ({ key: Buffer.alloc(4), value: Buffer.from(value) })),
        false,
      )
    }
  }
  for (const id of open.keys()) end(id, true)
  return { batches, aborted, committed }
}

function fetchedFrom({ batches, aborted }: Log, from: number, order: readonly number[]): FetchedData {
  const messages = batches.slice(from).flat()
  const start = Number(messages[0]?.offset ?? 0)
  const listed = aborted.filter(({ lastOffset }) => lastOffset >= start)
  const shuffled = listed.map((each, n) => [order[n] ?? 0, each] as const).sort(([left], [right]) => left - right)
  return { partition: 0, highWatermark: '0', abortedTransactions: shuffled.map(([, each]) => each), messages }
}

const shown = (data: FetchedData) =>
  batchesOf(data, true)
    .flatMap(rowsOf)
    .map(({ offset, value }) => [offset, value])

describe('what was fetched', () => {
  it('is exactly what was committed, from wherever reading begins', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.nat(10),
        fc.array(fc.nat(), { minLength: 20 }),
        (steps, from, order) => {
          const log = logOf(steps)
          const data = fetchedFrom(log, from, order)
          const start = Number(data.messages[0]?.offset ?? Number.POSITIVE_INFINITY)
          const expected = log.committed.filter(([offset]) => offset >= start).sort(([left], [right]) => left - right)
          expect(shown(data)).toEqual(expected)
        },
      ),
    )
  })

  it('keeps its offsets over the holes of compaction, and ends where its last batch ends', () => {
    const batchContext: BatchContext = {
      firstOffset: '10',
      lastOffsetDelta: 9,
      producerId: '-1',
      inTransaction: false,
      isControlBatch: false,
      timestampType: 1,
    }
    const messages = [11, 12, 15].map((offset) => ({
      offset: String(offset),
      timestamp: '1700000000000',
      key: Buffer.from('k'),
      value: null,
      batchContext,
    }))
    const data: FetchedData = { partition: 0, highWatermark: '30', messages }
    const batches = batchesOf(data, true)
    expect(batches.flatMap(rowsOf).map(({ offset }) => offset)).toEqual([11, 12, 15])
    expect(batches.map(({ timestampType, maxTimestamp }) => [timestampType, maxTimestamp])).toEqual(
      batches.map(() => ['LogAppendTime', 1_700_000_000_000]),
    )
    expect(endOf(data, 10)).toBe(20)
    expect(endOf({ ...data, messages: [] }, 10)).toBe(10)
  })
})
