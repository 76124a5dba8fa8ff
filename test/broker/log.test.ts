import { describe, expect, test } from 'vitest'
import { PartitionLog } from '../../src/broker/log/log.ts'
import { firstAbove, lastAtMost } from '../../src/broker/log/search.ts'
import { seededRandom } from '../../src/random.ts'
import { type RecordBatch, readBatches } from '../../src/wire/batch.ts'
import { errorName } from '../../src/wire/errors.ts'
import { type BatchOptions, batchOf } from './wire-client.ts'

const everything = { below: Number.MAX_SAFE_INTEGER, maximumBytes: 1e9, atLeastOne: true }

function append(log: PartitionLog, values: readonly string[], options: BatchOptions = {}): string {
  const [batch] = readBatches(batchOf(values, options))
  const appended = log.append(batch!, -1)
  return appended.errorCode === 0 ? `@${appended.offset}` : errorName(appended.errorCode)
}

const batchesFrom = (log: PartitionLog, offset: number, limits = everything): RecordBatch[] =>
  readBatches(Buffer.concat(log.read(offset, limits).parts))

function recordsOf(log: PartitionLog): string[] {
  return batchesFrom(log, 0).flatMap((batch) => {
    const found: string[] = []
    for (const cursor = batch.cursor(); !batch.isControl && cursor.next(); ) {
      const text = (start: number, end: number): string => cursor.bytes.toString('utf8', start, end)
      found.push(`${cursor.offset}:${text(cursor.keyStart, cursor.keyEnd)}=${text(cursor.valueStart, cursor.valueEnd)}`)
    }
    return found
  })
}

test('search agrees with looking at every value', () => {
  const random = seededRandom(3)
  for (let round = 0; round < 200; round++) {
    const values = Array.from({ length: Math.floor(random.next() * 8) }, () => Math.floor(random.next() * 10)).sort()
    const limit = Math.floor(random.next() * 12) - 1
    const valueAt = (index: number): number => values[index]!
    const above = values.findIndex((value) => value > limit)
    expect(firstAbove(values.length, valueAt, limit)).toBe(above < 0 ? values.length : above)
    expect(lastAtMost(values.length, valueAt, limit)).toBe(values.findLastIndex((value) => value <= limit))
  }
})

describe('reading', () => {
  const log = new PartitionLog()
  // Enough for several chunks of memory.
  for (let index = 0; index < 400; index++) append(log, [`k=${'x'.repeat(200)}`, `k=${100 + index}`])
  const size = batchesFrom(log, 0)[0]!.sizeInBytes

  test('gives whole batches from the one that holds the offset', () => {
    expect(batchesFrom(log, 0)).toHaveLength(400)
    expect(batchesFrom(log, 401)[0]!.baseOffset).toBe(400)
    expect(batchesFrom(log, 800)).toEqual([])
  })

  test('gives what fits, and one batch even when it does not', () => {
    const fitting = { ...everything, maximumBytes: size * 3 + 5 }
    expect(batchesFrom(log, 200, fitting).map(({ baseOffset }) => baseOffset)).toEqual([200, 202, 204])
    expect(batchesFrom(log, 200, { ...everything, maximumBytes: 1 })).toHaveLength(1)
    expect(batchesFrom(log, 200, { ...everything, maximumBytes: 1, atLeastOne: false })).toHaveLength(0)
  })

  test('stops at the limit, which is behind the last batch given', () => {
    expect(log.read(200, { ...everything, below: 300 }).nextOffset).toBe(300)
    expect(log.read(200, { ...everything, below: 200 })).toEqual({ parts: [], sizeInBytes: 0, nextOffset: 200 })
  })

  test('goes on at the first batch that is left when the start has moved', () => {
    log.deleteBelow(700)
    expect([log.startOffset, batchesFrom(log, 700)[0]!.baseOffset, log.endOffset]).toEqual([700, 700, 800])
    log.deleteBelow(10)
    expect(log.startOffset).toBe(700)
  })
})

describe('sequences', () => {
  const of = (baseSequence: number, producerEpoch = 0, producerId = 7): BatchOptions => ({
    producerId,
    producerEpoch,
    baseSequence,
  })

  test('a repeated batch is answered with its first offset, among the last five', () => {
    const log = new PartitionLog()
    for (let sequence = 0; sequence < 12; sequence += 2) append(log, ['a', 'b'], of(sequence))
    expect([2, 4, 6, 8, 10].map((sequence) => append(log, ['a', 'b'], of(sequence)))).toEqual([
      '@2',
      '@4',
      '@6',
      '@8',
      '@10',
    ])
    expect(append(log, ['a', 'b'], of(0))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(log.endOffset).toBe(12)
  })

  test('a gap, a lower epoch and a higher epoch that does not begin at 0 are refused', () => {
    const log = new PartitionLog()
    append(log, ['a'], of(0, 3))
    expect(append(log, ['a'], of(2, 3))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(append(log, ['a'], of(1, 2))).toBe('INVALID_PRODUCER_EPOCH')
    expect(append(log, ['a'], of(1, 4))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(append(log, ['a'], of(0, 4))).toBe('@1')
  })

  test('an unknown producer may start anywhere, and after the highest sequence comes 0', () => {
    const log = new PartitionLog()
    expect(append(log, ['a', 'b'], of(0x7ffffffe))).toBe('@0')
    expect(append(log, ['c'], of(0))).toBe('@2')
    expect(append(log, ['a', 'b', 'c'], of(0x7fffffff, 0, 8))).toBe('@3')
    expect(append(log, ['d'], of(2, 0, 8))).toBe('@6')
  })

  test('a marker of a higher epoch fences the epoch before', () => {
    const log = new PartitionLog()
    append(log, ['a'], { ...of(0), transactional: true })
    log.appendMarker({ type: 'commit', producerId: 7, producerEpoch: 1, coordinatorEpoch: 0, timestamp: 0 })
    expect(append(log, ['a'], { ...of(1), transactional: true })).toBe('INVALID_PRODUCER_EPOCH')
    expect(append(log, ['a'], { ...of(0, 1), transactional: true })).toBe('@2')
  })
})

test('overlapping transactions: what is stable, and what was aborted in the order of the markers', () => {
  const log = new PartitionLog()
  const of = (producerId: number): BatchOptions => ({
    producerId,
    producerEpoch: 0,
    baseSequence: 0,
    transactional: true,
  })
  const finish = (type: 'commit' | 'abort', producerId: number): number =>
    log.appendMarker({ type, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0 })
  append(log, ['a'], of(1))
  append(log, ['b'], of(2))
  append(log, ['c'], of(3))
  finish('abort', 2)
  expect(log.stableOffset).toBe(0)
  finish('abort', 1)
  expect(log.stableOffset).toBe(2)
  finish('commit', 3)
  expect([log.stableOffset, log.endOffset]).toEqual([6, 6])
  expect(log.aborted(0, 6).map(({ producerId }) => producerId)).toEqual([2, 1])
  expect(log.aborted(4, 6).map(({ producerId }) => producerId)).toEqual([1])
  expect(log.aborted(0, 1).map(({ producerId }) => producerId)).toEqual([1])
  const [marker] = batchesFrom(log, 3)
  expect([marker!.isControl, marker!.controlType(), marker!.isCrcValid()]).toEqual([true, 'abort', true])
})

test('batches of an open transaction that are deleted are not waited for', () => {
  const log = new PartitionLog()
  append(log, ['a', 'b'], { producerId: 1, producerEpoch: 0, baseSequence: 0, transactional: true })
  append(log, ['c'], { producerId: 2, producerEpoch: 0, baseSequence: 0, transactional: true })
  log.deleteBelow(1)
  expect([log.startOffset, log.stableOffset]).toEqual([1, 0])
  log.deleteBelow(2)
  expect([log.startOffset, log.stableOffset]).toEqual([2, 2])
  log.deleteBelow(3)
  expect([log.startOffset, log.stableOffset, log.endOffset]).toEqual([3, 3, 3])
})

describe('compaction', () => {
  test('keeps offsets and the last record of each key', () => {
    const log = new PartitionLog()
    append(log, ['a=1', 'b=1', 'c=1'])
    append(log, ['a=2'])
    append(log, ['b=2', 'd=1'])
    log.compact()
    expect(recordsOf(log)).toEqual(['2:c=1', '3:a=2', '4:b=2', '5:d=1'])
    expect(batchesFrom(log, 0).every((batch) => batch.isCrcValid())).toBe(true)
    expect([log.startOffset, log.endOffset, append(log, ['a=3'])]).toEqual([0, 6, '@6'])
  })

  test('keeps the last batch of a producer, empty, and a reader gets past it', () => {
    const log = new PartitionLog()
    append(log, ['a=1'], { producerId: 7, producerEpoch: 0, baseSequence: 0 })
    append(log, ['a=2'], { producerId: 7, producerEpoch: 0, baseSequence: 1 })
    append(log, ['a=3'])
    log.compact()
    const [empty, last] = batchesFrom(log, 0)
    expect([empty!.recordCount, empty!.baseOffset, empty!.nextOffset, empty!.isCrcValid()]).toEqual([0, 1, 2, true])
    expect(last!.baseOffset).toBe(2)
    expect(append(log, ['a=4'], { producerId: 7, producerEpoch: 0, baseSequence: 2 })).toBe('@3')
  })

  test('drops what was aborted and leaves open transactions alone', () => {
    const log = new PartitionLog()
    const of = (producerId: number): BatchOptions => ({
      producerId,
      producerEpoch: 0,
      baseSequence: 0,
      transactional: true,
    })
    append(log, ['a=0'])
    append(log, ['a=1'], of(1))
    log.appendMarker({ type: 'abort', producerId: 1, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0 })
    append(log, ['a=2'], of(2))
    log.compact()
    expect(recordsOf(log)).toEqual(['0:a=0', '3:a=2'])
  })
})

test('LogAppendTime replaces the times of a batch', () => {
  const log = new PartitionLog()
  const [batch] = readBatches(batchOf(['a']))
  expect(log.append(batch!, 1234)).toEqual({ errorCode: 0, offset: 0, appendTime: 1234 })
  const [stored] = batchesFrom(log, 0)
  expect([stored!.timestampType, stored!.maxTimestamp, stored!.isCrcValid()]).toEqual(['LogAppendTime', 1234, true])
})
