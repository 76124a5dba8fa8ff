/** What compaction keeps and what it drops, when, and how it looks on disk. */
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TopicConfigs } from '../../src/broker/configs.ts'
import { deleteHorizonOf } from '../../src/broker/log/compaction/rewrite.ts'
import { PartitionLog } from '../../src/broker/log/log.ts'
import { policyOf } from '../../src/broker/log/policy.ts'
import { BatchBuilder, readBatches } from '../../src/wire/batch.ts'
import { FaultyFiles } from './faulty-files.ts'
import { append, batchesFrom, openData, openLog, recordsOf } from './storage-tools.ts'

const compact = { 'cleanup.policy': 'compact' }
const day = 86_400_000

function logWith(configs: Readonly<Record<string, string>>, now = () => 0): PartitionLog {
  const policy = policyOf(new TopicConfigs(new Map(Object.entries(configs))))
  return new PartitionLog({ policy: () => policy, now })
}

/** Records of key and value, null for a tombstone, all at `time`. */
function write(log: PartitionLog, rows: readonly (readonly [string, string | null])[], time = 0): void {
  const builder = new BatchBuilder()
  for (const [key, value] of rows) builder.append(time, key, value)
  const [batch] = readBatches(builder.build({}))
  expect(log.append(batch!, -1).errorCode).toBe(0)
}

const transactional = (producerId: number, producerEpoch = 0, baseSequence = 0) => ({
  producerId,
  producerEpoch,
  baseSequence,
  transactional: true,
})
const finish = (log: PartitionLog, type: 'commit' | 'abort', producerId: number, producerEpoch = 0): number =>
  log.appendMarker({ type, producerId, producerEpoch, coordinatorEpoch: 0, timestamp: 0 })

describe('when', () => {
  const sure = { ...compact, 'segment.bytes': '300' }
  const fill = (log: PartitionLog, count: number, time = 0): void => {
    for (let index = 0; index < count; index++) write(log, [['k', 'v'.repeat(100)]], time + index)
  }

  test('only a log of that policy, when enough of it is dirty, and never its active segment', () => {
    const plain = logWith({ 'segment.bytes': '300' })
    fill(plain, 8)
    expect(plain.compactIfDirty(0)).toBe(false)
    const log = logWith(sure)
    fill(log, 1)
    expect(log.compactIfDirty(0)).toBe(false)
    fill(log, 9)
    const active = log.segments().at(-1)!.baseOffset
    expect(log.compactIfDirty(0)).toBe(true)
    const left = batchesFrom(log, 0).map(({ baseOffset }) => baseOffset)
    expect(left).toEqual([active - 1, ...Array.from({ length: 10 - active }, (_, index) => active + index)])
    expect(log.compactIfDirty(0)).toBe(false)
    fill(log, 2)
    expect(log.compactIfDirty(0)).toBe(true)
  })

  test('a log that is mostly clean waits, unless its oldest dirty record is overdue', () => {
    const log = logWith({ ...sure, 'min.cleanable.dirty.ratio': '0.9', 'max.compaction.lag.ms': '1000' })
    for (let index = 0; index < 8; index++) write(log, [[`k${index}`, 'v'.repeat(100)]], 100)
    expect(log.compactIfDirty(500)).toBe(true)
    for (let index = 0; index < 4; index++) write(log, [[`l${index}`, 'v'.repeat(100)]], 200)
    expect(log.compactIfDirty(1100)).toBe(false)
    expect(log.compactIfDirty(1201)).toBe(true)
  })

  test('records younger than the shortest lag stay', () => {
    const log = logWith({ ...sure, 'min.compaction.lag.ms': '1000' })
    fill(log, 8, 5000)
    expect(log.compactIfDirty(5500)).toBe(false)
    expect(log.compactIfDirty(6500)).toBe(true)
  })
})

describe('tombstones', () => {
  test('stay for delete.retention.ms after they were first compacted, by the horizon in their batch', () => {
    const log = logWith({ ...compact, 'delete.retention.ms': String(day) })
    write(
      log,
      [
        ['a', '1'],
        ['b', '1'],
      ],
      10,
    )
    write(
      log,
      [
        ['a', null],
        ['c', '1'],
      ],
      20,
    )
    log.compact(1000)
    expect(recordsOf(log)).toEqual(['1:b=1', '2:a=null', '3:c=1'])
    const [, batch] = batchesFrom(log, 0)
    expect([deleteHorizonOf(batch!), batch!.maxTimestamp, batch!.isCrcValid()]).toEqual([1000 + day, 20, true])
    const cursor = batch!.cursor()
    expect([cursor.next(), cursor.timestamp, cursor.next(), cursor.timestamp]).toEqual([true, 20, true, 20])
    log.compact(999 + day)
    expect(recordsOf(log)).toEqual(['1:b=1', '2:a=null', '3:c=1'])
    log.compact(1000 + day)
    expect(recordsOf(log)).toEqual(['1:b=1', '3:c=1'])
  })

  test('records without a key go, and the last batch looked at stays for its offset', () => {
    const log = logWith(compact)
    append(log, ['a=1'])
    append(log, ['none'])
    log.compact(0)
    expect(recordsOf(log)).toEqual(['0:a=1'])
    expect(batchesFrom(log, 0).map(({ recordCount, nextOffset }) => [recordCount, nextOffset])).toEqual([
      [1, 1],
      [0, 2],
    ])
  })
})

describe('transactions', () => {
  test('aborted data goes at once; its marker when the data is gone and its horizon is over', () => {
    const log = logWith({ ...compact, 'delete.retention.ms': '100' })
    append(log, ['a=0'])
    append(log, ['a=1'], transactional(1))
    finish(log, 'abort', 1)
    append(log, ['b=1'], transactional(1, 1))
    finish(log, 'commit', 1, 1)
    append(log, ['c=1'])
    log.compact(1000)
    expect(recordsOf(log)).toEqual(['0:a=0', '2:abort', '3:b=1', '4:commit', '5:c=1'])
    expect(log.aborted(0, 99)).toHaveLength(1)
    log.compact(2000)
    expect(recordsOf(log)).toEqual(['0:a=0', '2:abort', '3:b=1', '4:commit', '5:c=1'])
    expect([log.aborted(0, 99), deleteHorizonOf(batchesFrom(log, 2)[0]!)]).toEqual([[], 2100])
    log.compact(2100)
    expect(recordsOf(log)).toEqual(['0:a=0', '3:b=1', '4:commit', '5:c=1'])
  })

  test('an open transaction and all behind it stay as they are', () => {
    const log = logWith(compact)
    append(log, ['a=0'])
    append(log, ['a=1'], transactional(1))
    append(log, ['a=2'])
    log.compact(0)
    expect(recordsOf(log)).toEqual(['0:a=0', '1:a=1', '2:a=2'])
    finish(log, 'commit', 1)
    log.compact(0)
    expect(recordsOf(log)).toEqual(['2:a=2', '3:commit'])
  })

  test('the marker of a producer that has written nothing under its epoch stays empty, for the epoch', () => {
    const log = logWith({ ...compact, 'delete.retention.ms': '0' })
    append(log, ['a=1'], transactional(1))
    finish(log, 'abort', 1, 1)
    append(log, ['b=1'])
    for (const now of [1, 2, 3]) log.compact(now)
    const [marker] = batchesFrom(log, 0)
    expect([marker!.isControl, marker!.recordCount, marker!.producerEpoch]).toEqual([true, 0, 1])
    expect(append(log, ['a=2'], transactional(1, 0, 1))).toBe('INVALID_PRODUCER_EPOCH')
  })
})

test('compressed batches stay compressed, and times stay with LogAppendTime', () => {
  for (const compression of ['gzip', 'zstd', 'snappy', 'lz4'] as const) {
    const log = logWith(compact)
    const builder = new BatchBuilder()
    for (const key of ['a', 'b', 'a']) builder.append(5, key, 'v'.repeat(200))
    const [batch] = readBatches(builder.build({ compression }))
    log.append(batch!, 77)
    log.compact(0)
    const [left] = batchesFrom(log, 0)
    expect([left!.compression, left!.isCrcValid(), left!.timestampType, left!.maxTimestamp]).toEqual([
      compression,
      true,
      'LogAppendTime',
      77,
    ])
    expect(recordsOf(log)).toEqual([`1:b=${'v'.repeat(200)}`, `2:a=${'v'.repeat(200)}`])
  }
})

describe('on disk', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'millrace-compaction-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const configs = { ...compact, 'segment.bytes': '300' }

  test('small segments become one, and all is there after a crash', () => {
    const before = openData(directory)
    const log = openLog(before, configs)
    for (let index = 0; index < 12; index++)
      append(log, [`k${index % 3}=${'v'.repeat(60)}`], transactional(9, 0, index))
    finish(log, 'commit', 9)
    const count = log.segments().length
    // Segments are put together by the sizes they had: the first round makes them small.
    log.compact(0)
    log.compact(0)
    expect(log.segments().length).toBeLessThan(count)
    const [records, producers] = [recordsOf(log), log.producers.describe()]
    before.crash({ loseUnsynced: true })
    const after = openData(directory)
    const again = openLog(after, configs)
    expect([recordsOf(again), again.endOffset]).toEqual([records, 13])
    expect(again.producers.describe()).toEqual(producers)
    expect(append(again, ['k=1'], transactional(9, 0, 12))).toBe('@13')
    after.close()
  })

  test('a disk that is full in the middle takes the last record of no key, and the next round ends it', () => {
    const files = new FaultyFiles()
    const data = openData(directory, 'none', files)
    const log = openLog(data, configs)
    for (let index = 0; index < 12; index++) append(log, [`k${index % 6}=${'v'.repeat(60)}`])
    const last = recordsOf(log).slice(6)
    files.bytesLeft = 200
    expect(() => log.compact(0)).toThrow(/ENOSPC/)
    expect(recordsOf(log)).toEqual(expect.arrayContaining(last))
    files.bytesLeft = Number.POSITIVE_INFINITY
    expect(readdirSync(join(directory, 'orders-0')).filter((name) => !name.endsWith('.log'))).toEqual([])
    log.compact(0)
    expect(recordsOf(log)).toEqual(last)
    data.close()
  })

  test('a crash in the middle leaves the old segments or the new one, never both', () => {
    const before = openData(directory)
    const log = openLog(before, configs)
    for (let index = 0; index < 12; index++) append(log, [`k=${'v'.repeat(60)}`])
    const written = recordsOf(log)
    before.crash({ loseUnsynced: false })
    const folder = join(directory, 'orders-0')
    const logs = readdirSync(folder).sort()
    writeFileSync(join(folder, '00000000000000000000.cleaned'), 'half')
    let data = openData(directory)
    expect(recordsOf(openLog(data, configs))).toEqual(written)
    data.crash({ loseUnsynced: false })
    // The replacement was whole, and one of two segments was removed already.
    const [first, second] = logs.map((name) => name.slice(0, 20)) as [string, string]
    renameSync(join(folder, logs[0]!), join(folder, `${first}-${second}.swap`))
    data = openData(directory)
    const kept = openLog(data, configs)
    const dropped = Number(logs[2]!.slice(0, 20)) - Number(second)
    expect(recordsOf(kept)).toHaveLength(12 - dropped)
    expect(readdirSync(folder).sort()).toEqual(logs.filter((name) => name !== logs[1]))
    data.close()
  })
})
