/** What the settings of a topic do to its log: rolling, retention, compression, times. */
import { describe, expect, test } from 'vitest'
import { TopicConfigs } from '../../src/broker/configs.ts'
import { PartitionLog } from '../../src/broker/log/log.ts'
import { policyOf } from '../../src/broker/log/policy.ts'
import { firstSince, latest } from '../../src/broker/log/times.ts'
import type { MemorySegment } from '../../src/broker/storage/memory.ts'
import { BatchBuilder, readBatches } from '../../src/wire/batch.ts'
import { append, batchesFrom, recordsOf } from './storage-tools.ts'

function logWith(configs: Readonly<Record<string, string>>, now = () => 0): PartitionLog {
  const policy = policyOf(new TopicConfigs(new Map(Object.entries(configs))))
  return new PartitionLog({ policy: () => policy, now })
}

const basesOf = (log: PartitionLog): number[] => log.segments().map(({ baseOffset }) => baseOffset)

describe('rolling', () => {
  test('by the time of the records, counted from the first batch of the segment', () => {
    const log = logWith({ 'segment.ms': '100' })
    for (const time of [1000, 1100, 1101, 1050, 1201, 1202]) append(log, ['a'], {}, time)
    expect(basesOf(log)).toEqual([0, 2, 5])
  })

  test('by size, and never without records', () => {
    const log = logWith({ 'segment.bytes': '160' })
    for (const _ of [1, 2, 3]) append(log, ['a'.repeat(20)])
    expect(basesOf(log)).toEqual([0, 1, 2])
    expect(append(log, ['a'.repeat(200)])).toBe('RECORD_LIST_TOO_LARGE')
    expect(basesOf(log)).toEqual([0, 1, 2])
  })

  test('on demand, once', () => {
    const log = logWith({})
    log.roll()
    append(log, ['a'])
    log.roll()
    log.roll()
    expect(basesOf(log)).toEqual([0, 1])
    expect([recordsOf(log), append(log, ['b'])]).toEqual([['0:a'], '@1'])
  })
})

describe('retention', () => {
  test('by time: whole segments, oldest first, and the active one too when all in it is too old', () => {
    const log = logWith({ 'segment.ms': '10', 'retention.ms': '100' })
    for (const time of [1000, 1020, 1040]) append(log, ['a', 'b'], {}, time)
    expect([log.applyRetention(1101), basesOf(log)]).toEqual([0, [0, 2, 4]])
    expect([log.applyRetention(1102), log.startOffset, basesOf(log)]).toEqual([1, 2, [2, 4]])
    expect([log.applyRetention(9999), log.startOffset, log.endOffset]).toEqual([2, 6, 6])
    expect([recordsOf(log), append(log, ['c'], {}, 9999)]).toEqual([[], '@6'])
    expect(log.applyRetention(9999)).toBe(0)
  })

  test('by size: as long as what is left is enough', () => {
    const log = logWith({ 'segment.bytes': '100', 'retention.bytes': '200', 'retention.ms': '-1' })
    for (const _ of [1, 2, 3, 4, 5]) append(log, ['a'])
    const size = batchesFrom(log, 0)[0]!.sizeInBytes
    expect(log.sizeInBytes).toBe(5 * size)
    log.applyRetention(Number.MAX_SAFE_INTEGER)
    expect(log.sizeInBytes).toBe(3 * size)
    expect(log.startOffset).toBe(2)
  })

  test('a log that is only compacted keeps all but what lies below its start', () => {
    const log = logWith({
      'cleanup.policy': 'compact',
      'segment.bytes': '100',
      'retention.ms': '1',
      'retention.bytes': '1',
    })
    for (const key of ['a', 'b', 'c']) append(log, [`${key}=1`])
    expect(log.applyRetention(Number.MAX_SAFE_INTEGER)).toBe(0)
    log.deleteBelow(2)
    expect([log.startOffset, basesOf(log)]).toEqual([2, [2]])
  })

  test('both policies together compact and delete', () => {
    const log = logWith({ 'cleanup.policy': 'compact,delete', 'segment.bytes': '100', 'retention.ms': '100' })
    for (const value of ['a=1', 'a=2', 'b=1']) append(log, [value], {}, 1000)
    append(log, ['c=1'], {}, 1101)
    log.compact(0)
    expect(recordsOf(log)).toEqual(['1:a=2', '2:b=1', '3:c=1'])
    log.applyRetention(1200)
    expect(recordsOf(log)).toEqual(['3:c=1'])
  })
})

test('the start moves within a segment, and memory below it is given back', () => {
  const log = logWith({})
  for (let index = 0; index < 400; index++) append(log, [`k=${'x'.repeat(1000)}`])
  const held = (): number => log.segments().reduce((sum, { bytes }) => sum + (bytes as MemorySegment).heldBytes, 0)
  const before = held()
  log.deleteBelow(399)
  expect(recordsOf(log)).toHaveLength(1)
  expect(held()).toBeLessThan(before * 0.7)
})

describe('by time', () => {
  const log = logWith({ 'segment.bytes': '300' })
  for (const time of [500, 100, 900, 900, 300]) append(log, ['a', 'b'], {}, time)

  test('the first record of that time or later, whatever the order of times', () => {
    expect([0, 500, 501, 502, 901, 902].map((time) => firstSince(log, time)?.offset)).toEqual([
      0,
      0,
      1,
      4,
      5,
      undefined,
    ])
    expect(firstSince(log, 502)).toEqual({ offset: 4, timestamp: 900, leaderEpoch: 0 })
  })

  test('the first of the latest', () => {
    expect(latest(log)).toEqual({ offset: 5, timestamp: 901, leaderEpoch: 0 })
    expect(latest(logWith({}))).toBeNull()
  })

  test('nothing below the start counts', () => {
    const moved = logWith({})
    append(moved, ['a', 'b', 'c'], {}, 100)
    moved.deleteBelow(2)
    expect(firstSince(moved, 0)?.offset).toBe(2)
  })
})

test("a topic's own compression.type changes how batches are stored", () => {
  for (const type of ['gzip', 'snappy', 'lz4', 'zstd', 'uncompressed'] as const) {
    const log = logWith({ 'compression.type': type })
    const builder = new BatchBuilder()
    builder.append(1, 'k', 'v'.repeat(300))
    const [batch] = readBatches(builder.build({ compression: type === 'gzip' ? 'none' : 'gzip' }))
    log.append(batch!, -1)
    const [stored] = batchesFrom(log, 0)
    expect([stored!.compression, stored!.isCrcValid()]).toEqual([type === 'uncompressed' ? 'none' : type, true])
    expect(recordsOf(log)).toEqual([`0:k=${'v'.repeat(300)}`])
  }
})

test('a producer that has not written for a day is forgotten, unless its transaction is open', () => {
  const log = logWith({})
  const of = (producerId: number, transactional: boolean) => ({
    producerId,
    producerEpoch: 0,
    baseSequence: 0,
    transactional,
  })
  append(log, ['a'], of(1, false), 1000)
  append(log, ['a'], of(2, true), 1000)
  append(log, ['a'], of(3, false), 2000)
  log.producers.expire(1999, 1000)
  expect(log.producers.describe().map(({ producerId }) => producerId)).toEqual([1, 2, 3])
  log.producers.expire(2000, 1000)
  expect(log.producers.describe().map(({ producerId }) => producerId)).toEqual([2, 3])
})
