/**
 * One partition: its batches, producers, aborted transactions, and those who wait for more.
 * With one copy of every record the end of the log is the high watermark.
 * Nothing is deleted by time or size here, and compaction happens only when `compact` is called: the policies of a
 * topic are stored and shown, not yet followed.
 */
import {
  BatchBuilder,
  buildControlBatch,
  type RecordBatch,
  readBatches,
  setBaseOffset,
  setLogAppendTime,
  setPartitionLeaderEpoch,
} from '../../wire/batch.ts'
import { AbortedIndex, type AbortedTransaction } from './aborted.ts'
import { compacted } from './compact.ts'
import { Producers } from './producers.ts'
import { BatchStore, type ReadLimits, type Slices } from './store.ts'

/** Offset and time are -1 where the error is not NONE, and the time also where the producer's own counts. */
export interface Appended {
  readonly errorCode: number
  readonly offset: number
  readonly appendTime: number
}

export interface Marker {
  readonly type: 'commit' | 'abort'
  readonly producerId: number
  readonly producerEpoch: number
  /** How often the transaction's coordinator had moved: the leader epoch of its partition. */
  readonly coordinatorEpoch: number
  readonly timestamp: number
}

/** A record of one of the broker's own topics. */
export interface OwnRecord {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** Whose transaction the broker's own records belong to. Such records carry no sequence. */
export interface ProducerOfOwn {
  readonly producerId: number
  readonly producerEpoch: number
}

const nobody: ProducerOfOwn = { producerId: -1, producerEpoch: -1 }

export class PartitionLog {
  readonly producers: Producers = new Producers()
  /** The node that leads the partition; -1 when none does. */
  leader = 1
  /** Rises whenever the leader changes; every batch carries the one it was written under. */
  leaderEpoch = 0
  readonly #store = new BatchStore()
  readonly #aborted = new AbortedIndex()
  readonly #waiting: Set<() => void> = new Set()
  #startOffset = 0
  #endOffset = 0

  get startOffset(): number {
    return this.#startOffset
  }

  get endOffset(): number {
    return this.#endOffset
  }

  /** Everything below is decided: committed or aborted (the LSO). */
  get stableOffset(): number {
    return this.producers.oldestOpenOffset ?? this.#endOffset
  }

  /** Writes a checked batch. `appendTime` replaces the producer's timestamps unless it is -1. */
  append(batch: RecordBatch, appendTime: number): Appended {
    const check = this.producers.check(batch)
    if (check.kind === 'refused') return { errorCode: check.errorCode, offset: -1, appendTime: -1 }
    if (check.kind === 'duplicate') return { errorCode: 0, offset: check.offset, appendTime: check.appendTime }
    const offset = this.#endOffset
    this.producers.record(batch, offset, appendTime)
    const stored = this.#write(batch)
    if (appendTime >= 0) setLogAppendTime(stored.bytes, stored.start, appendTime)
    this.wake()
    return { errorCode: 0, offset, appendTime }
  }

  /** Ends a producer's transaction in this partition. */
  appendMarker(marker: Marker): void {
    const [batch] = readBatches(buildControlBatch(marker))
    const offset = this.#endOffset
    this.#write(batch!)
    const { producerId, producerEpoch } = marker
    const firstOffset = this.producers.end(producerId, producerEpoch)
    if (marker.type === 'abort' && firstOffset >= 0) this.#aborted.add({ producerId, firstOffset, lastOffset: offset })
    this.wake()
  }

  /** Writes records of the broker's own, as part of a producer's transaction where one is named. Returns the first offset. */
  appendOwn(records: readonly OwnRecord[], timestamp: number, producer: ProducerOfOwn = nobody): number {
    const builder = new BatchBuilder()
    for (const { key, value } of records) builder.append(timestamp, key, value)
    const isTransactional = producer.producerId >= 0
    const [batch] = readBatches(builder.build({ ...producer, transactional: isTransactional }))
    const offset = this.#endOffset
    if (isTransactional) this.producers.open(producer.producerId, producer.producerEpoch, offset)
    this.#write(batch!)
    this.wake()
    return offset
  }

  read(offset: number, limits: ReadLimits): Slices {
    return this.#store.read(offset, limits)
  }

  aborted(offset: number, below: number): AbortedTransaction[] {
    return this.#aborted.within(offset, below)
  }

  batches(offset: number = this.#startOffset): Generator<RecordBatch> {
    return this.#store.batches(offset)
  }

  /** Batches that hold a timestamp of `time` or later. */
  batchesSince(time: number): Generator<RecordBatch> {
    return this.#store.batchesSince(time, this.#startOffset)
  }

  /** Deletes what is below `offset`; the start never goes back. */
  deleteBelow(offset: number): void {
    this.#startOffset = Math.max(this.#startOffset, offset)
    this.#store.dropBelow(this.#startOffset)
    this.#aborted.dropBelow(this.#startOffset)
  }

  /** Keeps the last record of each key in what is stable. Offsets stay as they are. */
  compact(): void {
    this.#store.replace(compacted(this))
  }

  /** Calls back once, when there is more to read or the partition is gone. */
  wait(callback: () => void): void {
    this.#waiting.add(callback)
  }

  stopWaiting(callback: () => void): void {
    this.#waiting.delete(callback)
  }

  wake(): void {
    if (this.#waiting.size === 0) return
    const callbacks = [...this.#waiting]
    this.#waiting.clear()
    for (const callback of callbacks) callback()
  }

  #write(batch: RecordBatch): RecordBatch {
    const stored = this.#store.append(batch, this.#endOffset)
    setBaseOffset(stored.bytes, stored.start, this.#endOffset)
    setPartitionLeaderEpoch(stored.bytes, stored.start, this.leaderEpoch)
    this.#endOffset = stored.nextOffset
    return stored
  }
}
