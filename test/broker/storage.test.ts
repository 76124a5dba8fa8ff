/** Segments on disk: what a crash, a full disk and a second broker may do to them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, integer, property } from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PartitionLog } from '../../src/broker/log/log.ts'
import type { DirectoryData } from '../../src/broker/storage/directory.ts'
import { frame } from '../../src/broker/storage/frames.ts'
import { crc32c } from '../../src/wire/crc32c.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { FaultyFiles } from './faulty-files.ts'
import { append, batchesFrom, openData, openLog, recordsOf } from './storage-tools.ts'

const smallSegments = { 'segment.bytes': '400' }
const firstSegment = 'orders-0/00000000000000000000.log'

let directory: string
let data: DirectoryData

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-storage-'))
  data = openData(directory)
})
afterEach(() => {
  data.close()
  rmSync(directory, { recursive: true, force: true })
})

/** The broker's process dies, and another opens the directory. */
function restart(options: { loseUnsynced?: boolean; clean?: boolean } = {}): void {
  if (options.clean === true) data.close()
  else data.crash({ loseUnsynced: options.loseUnsynced ?? false })
  data = openData(directory)
}

/** A transaction of producer 1 that commits, one of 2 that aborts, one of 3 that stays open. */
function writeTransactions(log: PartitionLog): void {
  const of = (producerId: number) => ({ producerId, producerEpoch: 0, baseSequence: 0, transactional: true })
  for (const producerId of [1, 2, 3]) append(log, ['a=1', 'b=2'], of(producerId))
  const identity = { producerEpoch: 0, coordinatorEpoch: 4, timestamp: 1 }
  log.appendMarker({ type: 'commit', producerId: 1, ...identity })
  log.appendMarker({ type: 'abort', producerId: 2, ...identity })
}

describe('opening again', () => {
  test('segments roll by size, a read stays within one, and all of them are found', () => {
    const log = openLog(data, smallSegments)
    for (let index = 0; index < 20; index++) append(log, [`k=${index}`, `k=${index}`])
    const written = recordsOf(log)
    expect([written.length, log.segments().length > 3]).toEqual([40, true])
    const [first, second] = log.segments()
    expect(log.read(0, { below: 1e9, maximumBytes: 1e9, atLeastOne: true }).nextOffset).toBe(second!.baseOffset)
    expect(first!.sizeInBytes).toBeLessThanOrEqual(400)
    expect(readdirSync(join(directory, 'orders-0')).every((name) => /^\d{20}\.log$/.test(name))).toBe(true)
    restart()
    const again = openLog(data, smallSegments)
    expect(recordsOf(again)).toEqual(written)
    expect([again.startOffset, again.endOffset, again.sizeInBytes]).toEqual([0, 40, log.sizeInBytes])
    expect(append(again, ['k=20'])).toBe('@40')
  })

  test('sequences, open and aborted transactions, and the stable end come from the headers', () => {
    const log = openLog(data)
    writeTransactions(log)
    const known = [log.stableOffset, log.aborted(0, 99), log.producers.describe()]
    restart()
    const again = openLog(data)
    expect([again.stableOffset, again.aborted(0, 99), again.producers.describe()]).toEqual(known)
    expect(again.stableOffset).toBe(4)
    const repeated = { producerId: 3, producerEpoch: 0, baseSequence: 0, transactional: true }
    expect(append(again, ['a=1', 'b=2'], repeated)).toBe('@4')
    const late = { type: 'commit', producerId: 3, producerEpoch: 0, coordinatorEpoch: 3, timestamp: 2 } as const
    expect(again.appendMarker(late)).toBe(errorCode.NONE)
    expect(again.appendMarker({ ...late, producerId: 1 })).toBe(errorCode.TRANSACTION_COORDINATOR_FENCED)
  })

  test('leader epochs come from the batches, and from what was remembered of those without', () => {
    const log = openLog(data)
    append(log, ['a'])
    log.raiseLeaderEpoch()
    log.raiseLeaderEpoch()
    append(log, ['b'])
    append(log, ['c'])
    const asked = [-1, 0, 1, 2, 3].map((epoch) => log.endOfEpoch(epoch))
    expect(asked).toEqual([
      { epoch: -1, endOffset: -1 },
      { epoch: 0, endOffset: 1 },
      { epoch: 0, endOffset: 1 },
      { epoch: 2, endOffset: 3 },
      { epoch: -1, endOffset: -1 },
    ])
    restart()
    const again = openLog(data)
    expect([-1, 0, 1, 2, 3].map((epoch) => again.endOfEpoch(epoch))).toEqual(asked)
    expect([again.leaderEpoch, again.epochAt(0), again.epochAt(2)]).toEqual([2, 0, 2])
  })

  test('what is cut off by an unclean election leaves no trace, and stays away', () => {
    const log = openLog(data, smallSegments)
    append(log, ['a', 'b'], { producerId: 7, producerEpoch: 0, baseSequence: 0 })
    append(log, ['c', 'd'], { producerId: 7, producerEpoch: 0, baseSequence: 2 })
    for (let index = 0; index < 9; index++) append(log, ['x', 'y'])
    log.truncateTo(3)
    expect([recordsOf(log), log.endOffset]).toEqual([['0:a', '1:b'], 2])
    expect(append(log, ['C'], { producerId: 7, producerEpoch: 0, baseSequence: 2 })).toBe('@2')
    restart()
    expect(recordsOf(openLog(data, smallSegments))).toEqual(['0:a', '1:b', '2:C'])
  })
})

describe('a torn tail', () => {
  const batches = 6
  let whole: Buffer
  let ends: number[]
  let path: string

  beforeEach(() => {
    path = join(directory, firstSegment)
    const log = openLog(data)
    for (let index = 0; index < batches; index++) append(log, [`key=${'v'.repeat(index * 7)}`, 'more'])
    ends = []
    for (const { sizeInBytes } of batchesFrom(log, 0)) ends.push((ends.at(-1) ?? 0) + sizeInBytes)
    restart()
    whole = readFileSync(path)
  })

  /** Batches left, and that the file is cut behind them and can be written again. */
  function openDamaged(): number {
    restart()
    const log = openLog(data)
    const left = batchesFrom(log, 0).length
    expect(log.endOffset).toBe(left * 2)
    expect(statSync(path).size).toBe(left === 0 ? 0 : ends[left - 1])
    expect(append(log, ['next'])).toBe(`@${left * 2}`)
    return left
  }

  test('cut at any byte: the batches before it stay, and nothing else', () => {
    void assert(
      property(integer({ min: 0, max: ends.at(-1)! }), (size) => {
        writeFileSync(path, whole.subarray(0, size))
        expect(openDamaged()).toBe(ends.filter((end) => end <= size).length)
      }),
      { numRuns: 60, seed: 1 },
    )
  })

  test('a bit flipped in anything the format protects: the batches before it stay', () => {
    const isProtected = (at: number): boolean => {
      const inBatch = at - Math.max(0, ...ends.filter((end) => end <= at))
      // The offset and the leader epoch are set by the broker and lie outside the checksum.
      return inBatch >= 8 && !(inBatch >= 12 && inBatch < 16)
    }
    void assert(
      property(integer({ min: 0, max: ends.at(-1)! - 1 }), integer({ min: 0, max: 7 }), (at, bit) => {
        if (!isProtected(at)) return
        const damaged = Buffer.from(whole)
        damaged[at]! ^= 1 << bit
        writeFileSync(path, damaged)
        expect(openDamaged()).toBe(ends.filter((end) => end <= at).length)
      }),
      { numRuns: 80, seed: 2 },
    )
  })

  test('is not looked for after a close in good order', () => {
    restart({ clean: true })
    expect(data.checksTails).toBe(false)
    restart()
    expect(data.checksTails).toBe(true)
  })

  test('a segment before the last that is damaged is refused by name', () => {
    const log = openLog(data, smallSegments)
    for (let index = 0; index < 9; index++) append(log, ['x', 'y'])
    truncateSync(path, ends[0]! + 5)
    restart()
    expect(() => openLog(data, smallSegments)).toThrow(/damaged/)
  })
})

describe('flushing', () => {
  test('a loss of power takes what was written after the last flush, and no more', () => {
    const log = openLog(data)
    append(log, ['a'])
    data.flush()
    append(log, ['b'])
    restart({ loseUnsynced: true })
    expect(recordsOf(openLog(data))).toEqual(['0:a'])
  })

  test('a start that was remembered outlives the records below and above it', () => {
    const log = openLog(data)
    append(log, ['a', 'b', 'c'])
    restart({ loseUnsynced: true })
    const storage = data.partition('orders', 0)
    const again = new PartitionLog({ storage, startOffset: 2 })
    expect([again.startOffset, again.endOffset, append(again, ['d'])]).toEqual([2, 2, '@2'])
    restart()
    expect(recordsOf(openLog(data))).toEqual(['2:d'])
  })

  test('always: every batch is flushed before it is answered', () => {
    data.close()
    const files = new FaultyFiles()
    data = openData(directory, 'always', files)
    const log = openLog(data)
    const before = files.syncs
    append(log, ['a'])
    append(log, ['b'])
    expect(files.syncs).toBe(before + 2)
    restart({ loseUnsynced: true })
    expect(recordsOf(openLog(data))).toEqual(['0:a', '1:b'])
  })

  test('a segment that is closed is flushed', () => {
    const log = openLog(data, smallSegments)
    for (let index = 0; index < 9; index++) append(log, ['x', 'y'])
    const closed = log.segments().at(-1)!.baseOffset
    restart({ loseUnsynced: true })
    expect(openLog(data, smallSegments).endOffset).toBe(closed)
  })
})

describe('a disk that fails', () => {
  let files: FaultyFiles

  beforeEach(() => {
    data.close()
    files = new FaultyFiles()
    data = openData(directory, 'none', files)
  })

  test('full: the batch is refused, the log ends where it did, and goes on when there is space', () => {
    const log = openLog(data)
    append(log, ['a'], { producerId: 7, producerEpoch: 0, baseSequence: 0 })
    const { size } = statSync(join(directory, firstSegment))
    files.bytesLeft = 30
    expect(append(log, ['b'], { producerId: 7, producerEpoch: 0, baseSequence: 1 })).toBe('KAFKA_STORAGE_ERROR')
    expect([log.endOffset, statSync(join(directory, firstSegment)).size]).toEqual([1, size])
    const marker = { type: 'abort', producerId: 7, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0 } as const
    expect(log.appendMarker(marker)).toBe(errorCode.KAFKA_STORAGE_ERROR)
    expect(() => log.appendOwn([{ key: Buffer.from('k'), value: null }], 0)).toThrow(/ENOSPC/)
    files.bytesLeft = Number.POSITIVE_INFINITY
    expect(append(log, ['b'], { producerId: 7, producerEpoch: 0, baseSequence: 1 })).toBe('@1')
    restart()
    expect(recordsOf(openLog(data))).toEqual(['0:a', '1:b'])
  })

  test('so broken that torn bytes stay: they go before the next write', () => {
    const log = openLog(data)
    append(log, ['a'])
    files.bytesLeft = 50
    files.canTruncate = false
    expect(append(log, ['b'.repeat(200)])).toBe('KAFKA_STORAGE_ERROR')
    expect(append(log, ['b'])).toBe('KAFKA_STORAGE_ERROR')
    files.bytesLeft = Number.POSITIVE_INFINITY
    files.canTruncate = true
    expect(append(log, ['b'])).toBe('@1')
    expect(statSync(join(directory, firstSegment)).size).toBe(log.sizeInBytes)
  })

  test('not more than a hundred files are open, and a reader of any partition is served', () => {
    const logs = Array.from({ length: 130 }, (_, partition) => openLog(data, {}, partition))
    for (const log of logs) append(log, ['a'])
    expect(logs.map((log) => recordsOf(log)).filter(([first]) => first === '0:a')).toHaveLength(130)
    expect(files.mostOpen).toBeLessThanOrEqual(101)
    data.close()
    expect(files.open_).toBe(0)
  })
})

describe('the directory', () => {
  test('takes one broker at a time; what a process left that is gone does not count', () => {
    expect(() => openData(directory)).toThrow(/is in use/)
    data.close()
    writeFileSync(join(directory, 'lock'), '4194304999 1')
    data = openData(directory)
    expect(() => openData(directory)).toThrow(/is in use/)
  })

  test('of a newer version, or damaged, is refused and left as it is', () => {
    data.record({ kind: 'cluster', id: 'one' })
    data.close()
    const path = join(directory, 'meta.log')
    const newer = Buffer.from(frame({ kind: 'unheard-of' }))
    newer[8] = 99
    newer.set(frameChecksum(newer), 4)
    const before = readFileSync(path)
    writeFileSync(path, Buffer.concat([before, newer]))
    expect(() => openData(directory)).toThrow(/newer version/)
    const flipped = Buffer.from(before)
    flipped[12]! ^= 1
    writeFileSync(path, flipped)
    expect(() => openData(directory)).toThrow(/damaged/)
    expect(readFileSync(path)).toEqual(flipped)
    writeFileSync(path, before)
    data = openData(directory)
    expect(data.metadata.clusterId).toBe('one')
  })

  test('a torn end of meta.log is dropped', () => {
    data.record({ kind: 'cluster', id: 'one' })
    data.record({ kind: 'topic', name: 'orders', id: 'id', factor: 1 })
    data.crash({ loseUnsynced: false })
    const path = join(directory, 'meta.log')
    truncateSync(path, statSync(path).size - 3)
    data = openData(directory)
    expect([data.metadata.clusterId, data.metadata.topics.size]).toEqual(['one', 0])
  })

  test('files of a topic that was deleted, left by a crash, go at the next start', () => {
    data.record({ kind: 'topic', name: 'orders', id: 'id', factor: 1 })
    append(openLog(data), ['a'])
    data.record({ kind: 'deleted', topic: 'id' })
    restart()
    expect(readdirSync(directory).sort()).toEqual(['lock', 'meta.log'])
  })
})

function frameChecksum(bytes: Buffer): Buffer {
  const made = Buffer.alloc(4)
  made.writeUInt32BE(crc32c(bytes, 8))
  return made
}
