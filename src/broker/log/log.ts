/**
 * One partition: its batches, producers, aborted transactions, leader epochs, and those who wait for more.
 * With one copy of every record the end of the log is the high watermark.
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
import { errorCode } from '../../wire/errors.ts'
import { StorageFault } from '../storage/segment-bytes.ts'
import type { AbortedTransaction } from './aborted.ts'
import { clean } from './compaction/cleaner.ts'
import { Dirtiness } from './compaction/dirty.ts'
import type { EndOfEpoch } from './epochs.ts'
import { defaultLogOptions, type LogOptions } from './options.ts'
import type { Producers } from './producers.ts'
import { recompressed } from './recompress.ts'
import { recoverSegments } from './recovery.ts'
import { expiredByPolicy } from './retention.ts'
import type { ReadLimits, Segment, Slices } from './segment.ts'
import { Segments } from './segments.ts'
import { LogState } from './state.ts'
import { Waiters } from './waiters.ts'

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

/**
 * A partition, from its first record that may be read to its end.
 * @example
 * const log = new PartitionLog()
 * log.append(batch, -1) // { errorCode: 0, offset: 0, appendTime: -1 }
 */
export class PartitionLog {
  /** The node that leads the partition; -1 when none does. */
  leader = 1
  /** The nodes that hold a copy, the preferred leader first. */
  replicas: readonly number[] = [1]
  readonly #options: LogOptions
  readonly #segments: Segments
  readonly #waiters = new Waiters()
  readonly #dirtiness = new Dirtiness()
  #state = new LogState()
  #leaderEpoch: number
  #startOffset: number
  #endOffset: number

  /** Opens what there is, or begins anew. @throws MillraceError MR1003 when what there is cannot be read */
  constructor(options: Partial<LogOptions> = {}) {
    this.#options = { ...defaultLogOptions, ...options }
    const { storage, now, checksTail, leaderEpoch, startOffset } = this.#options
    const found = recoverSegments(storage.open(), { checksTail, visit: (batch) => this.#state.replay(batch) })
    this.#segments = new Segments(storage, found, now())
    // A loss of power may have taken what was deleted already, and more.
    if (startOffset > this.#segments.active.nextOffset) this.#segments.restartAt(startOffset, now())
    this.#endOffset = this.#segments.active.nextOffset
    this.#startOffset = Math.max(startOffset, this.#segments.all()[0]!.baseOffset)
    this.#leaderEpoch = Math.max(leaderEpoch, this.#state.epochs.latest)
    this.#state.epochs.assign(this.#leaderEpoch, this.#endOffset)
    this.#state.aborted.dropBelow(this.#startOffset)
  }

  get producers(): Producers {
    return this.#state.producers
  }

  get startOffset(): number {
    return this.#startOffset
  }

  get endOffset(): number {
    return this.#endOffset
  }

  /** Everything below is decided: committed or aborted (the LSO). What has been deleted of a transaction is not waited for. */
  get stableOffset(): number {
    const oldest = this.producers.oldestOpenOffset ?? this.#endOffset
    return oldest >= this.#startOffset ? oldest : this.#startOfFirstBatch()
  }

  /** Rises whenever the leader changes; every batch carries the one it was written under. */
  get leaderEpoch(): number {
    return this.#leaderEpoch
  }

  get sizeInBytes(): number {
    return this.#segments.sizeInBytes
  }

  /** Begins a new leader epoch at the end of the log and returns it. */
  raiseLeaderEpoch(): number {
    this.#leaderEpoch++
    this.#state.epochs.assign(this.#leaderEpoch, this.#endOffset)
    this.#options.changed({ kind: 'epoch', epoch: this.#leaderEpoch })
    return this.#leaderEpoch
  }

  /** Where the largest epoch at most `epoch` ends (KIP-320); -1 and -1 where nothing is known of it. */
  endOfEpoch(epoch: number): EndOfEpoch {
    return this.#state.epochs.endOf(epoch, this.#endOffset)
  }

  /** The leader epoch under which the record at `offset` was written; -1 where that is not known. */
  epochAt(offset: number): number {
    return this.#state.epochs.epochAt(offset)
  }

  /** Writes a checked batch. `appendTime` replaces the producer's timestamps unless it is -1. */
  append(produced: RecordBatch, appendTime: number): Appended {
    const check = this.producers.check(produced)
    if (check.kind === 'refused') return refused(check.errorCode)
    if (check.kind === 'duplicate') return { errorCode: 0, offset: check.offset, appendTime: check.appendTime }
    const { compression, segmentBytes } = this.#options.policy()
    const batch = recompressed(produced, compression)
    if (batch === null) return refused(errorCode.CORRUPT_MESSAGE)
    if (batch.sizeInBytes > segmentBytes) return refused(errorCode.RECORD_LIST_TOO_LARGE)
    if (appendTime >= 0) setLogAppendTime(batch.bytes, batch.start, appendTime)
    const offset = this.#endOffset
    const code = this.#tryToWrite(batch)
    if (code !== errorCode.NONE) return refused(code)
    this.producers.record(batch, offset, appendTime)
    this.wake()
    return { errorCode: errorCode.NONE, offset, appendTime }
  }

  /**
   * Ends a producer's transaction in this partition, unless the marker comes too late. Returns the error code.
   * `usesAppendTime`: its time counts as the broker's, as that of all records of the topic.
   */
  appendMarker(marker: Marker, usesAppendTime = false): number {
    const problem = this.producers.markerProblem(marker)
    if (problem !== errorCode.NONE) return problem
    const [batch] = readBatches(buildControlBatch(marker))
    if (usesAppendTime) setLogAppendTime(batch!.bytes, batch!.start, marker.timestamp)
    const lastOffset = this.#endOffset
    const code = this.#tryToWrite(batch!)
    if (code !== errorCode.NONE) return code
    const { producerId } = marker
    const firstOffset = this.producers.end(marker)
    if (marker.type === 'abort' && firstOffset >= 0) this.#state.aborted.add({ producerId, firstOffset, lastOffset })
    this.wake()
    return errorCode.NONE
  }

  /**
   * Writes records of the broker's own, as part of a producer's transaction where one is named. Returns the first offset.
   * @throws StorageFault and nothing is written
   */
  appendOwn(records: readonly OwnRecord[], timestamp: number, producer: ProducerOfOwn = nobody): number {
    const builder = new BatchBuilder()
    for (const { key, value } of records) builder.append(timestamp, key, value)
    const [batch] = readBatches(builder.build({ ...producer, transactional: producer.producerId >= 0 }))
    const offset = this.#endOffset
    this.#write(batch!)
    this.producers.record(batch!, offset, -1)
    this.wake()
    return offset
  }

  read(offset: number, limits: ReadLimits): Slices {
    return this.#segments.read(offset, limits)
  }

  aborted(offset: number, below: number): AbortedTransaction[] {
    return this.#state.aborted.within(offset, below)
  }

  batches(offset: number = this.#startOffset): Generator<RecordBatch> {
    return this.#segments.batches(offset)
  }

  segments(): readonly Segment[] {
    return this.#segments.all()
  }

  /** Deletes what is below `offset`; the start never goes back. */
  deleteBelow(offset: number): void {
    if (offset <= this.#startOffset) return
    this.#options.changed({ kind: 'start', offset })
    this.#moveStart(offset)
    this.#segments.dropBelow(offset)
  }

  /** Removes the batches that end at or above `offset`, and all that was known of them: an unclean election. */
  truncateTo(offset: number): void {
    if (offset >= this.#endOffset) return
    this.#segments.truncate(Math.max(offset, this.#startOffset))
    this.#endOffset = this.#segments.active.nextOffset
    this.#state = new LogState()
    for (const batch of this.batches()) this.#state.replay(batch)
    this.#state.epochs.assign(this.#leaderEpoch, this.#endOffset)
    this.#dirtiness.truncate(this.#endOffset)
    this.wake()
  }

  /** Begins a new segment, unless the active one is empty. */
  roll(): void {
    this.#segments.roll(this.#options.now())
  }

  /** Deletes segments that are older or more than the topic's policy allows. Gives how many. */
  applyRetention(now: number): number {
    const segments = this.segments()
    const expired = expiredByPolicy(segments, this.#options.policy(), { now, startOffset: this.#startOffset })
    if (expired.length === 0) return 0
    this.#segments.remove(expired, now)
    this.#moveStart(Math.max(this.#startOffset, this.segments()[0]!.baseOffset))
    return expired.length
  }

  /** Of each key the last record stays, whatever the policy says and whatever was written up to now. Offsets stay. */
  compact(now: number = this.#options.now()): void {
    this.#segments.roll(now)
    this.#clean(Math.min(this.stableOffset, this.#segments.active.baseOffset), now)
  }

  /** Compacts where the policy asks for it and enough has been written since the last time. False when it does not. */
  compactIfDirty(now: number): boolean {
    const log = { segments: this.segments(), stableOffset: this.stableOffset }
    const until = this.#dirtiness.cleanableTo(log, this.#options.policy(), now)
    if (until !== null) this.#clean(until, now)
    return until !== null
  }

  /** Removes the partition with all it has; whoever waits is woken, to find it gone. @throws StorageFault */
  remove(): void {
    try {
      this.#segments.removeAll()
    } finally {
      this.wake()
    }
  }

  /** Calls back once, when there is more to read or the partition is gone. */
  wait(callback: () => void): void {
    this.#waiters.add(callback)
  }

  stopWaiting(callback: () => void): void {
    this.#waiters.delete(callback)
  }

  wake(): void {
    this.#waiters.wake()
  }

  #clean(until: number, now: number): void {
    const { aborted, producers } = this.#state
    const { deleteRetentionMs, segmentBytes } = this.#options.policy()
    const from = this.#dirtiness.cleanedTo
    const [segments, startOffset] = [this.#segments, this.#startOffset]
    clean({ segments, aborted, producers, startOffset, from, until, now, deleteRetentionMs, segmentBytes })
    this.#dirtiness.clean(until)
  }

  #moveStart(offset: number): void {
    this.#startOffset = offset
    this.#state.aborted.dropBelow(offset)
    this.#state.epochs.dropBelow(offset)
  }

  /** Where the first batch begins, which the start of the log may have cut: a transaction is open from there on. */
  #startOfFirstBatch(): number {
    for (const { baseOffset } of this.batches()) return Math.min(baseOffset, this.#startOffset)
    return this.#startOffset
  }

  #tryToWrite(batch: RecordBatch): number {
    try {
      this.#write(batch)
      return errorCode.NONE
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error
      return errorCode.KAFKA_STORAGE_ERROR
    }
  }

  /** The header is patched where the batch lies, so that it is copied, or written, once. */
  #write(batch: RecordBatch): void {
    setBaseOffset(batch.bytes, batch.start, this.#endOffset)
    setPartitionLeaderEpoch(batch.bytes, batch.start, this.#leaderEpoch)
    this.#segments.append(batch, this.#options.policy(), this.#options.now())
    this.#endOffset = batch.nextOffset
  }
}

function refused(code: number): Appended {
  return { errorCode: code, offset: -1, appendTime: -1 }
}
