/** A stretch of a log: its batches, where each is, and the times that rolling and retention go by. */
import { RecordBatch, readBatches } from '../../wire/batch.ts'
import type { SegmentBytes } from '../storage/segment-bytes.ts'
import { BatchIndex } from './batch-index.ts'
import type { LogPolicy } from './policy.ts'
import { firstAbove } from './search.ts'

/** Bytes that a walk over batches reads at once. */
const stride = 1024 * 1024
/** Kafka's indexes hold offsets as differences of 32 bits. */
const widest = 0x7fffffff

export interface ReadLimits {
  /** Batches that begin at or above this offset are not given. */
  readonly below: number
  readonly maximumBytes: number
  /** Gives the first batch even when it is larger than `maximumBytes`, so that a reader gets on. */
  readonly atLeastOne: boolean
}

/** Part of a log, whole batches only. */
export interface Slices {
  readonly parts: Buffer[]
  readonly sizeInBytes: number
  /** Offset behind the last batch given; the offset asked for when there is none. */
  readonly nextOffset: number
}

export class Segment {
  readonly baseOffset: number
  readonly bytes: SegmentBytes
  readonly index: BatchIndex = new BatchIndex()
  /** Highest time of the first batch; -1 while there is none. */
  firstTimestamp = -1
  /** Highest time there is; -1 when no record has one. */
  maximumTimestamp = -1
  readonly #createdAt: number
  #modifiedAt: number

  constructor(baseOffset: number, bytes: SegmentBytes, now: number) {
    this.baseOffset = baseOffset
    this.bytes = bytes
    this.#createdAt = now
    this.#modifiedAt = now
  }

  get sizeInBytes(): number {
    return this.bytes.sizeInBytes
  }

  /** Offset behind the last batch. */
  get nextOffset(): number {
    return this.index.count === 0 ? this.baseOffset : this.index.lastOffset(this.index.count - 1) + 1
  }

  /** The time by which retention goes: the records' own, or that of the last write where they have none. */
  get age(): number {
    return this.maximumTimestamp >= 0 ? this.maximumTimestamp : this.#modifiedAt
  }

  get modifiedAt(): number {
    return this.#modifiedAt
  }

  set modifiedAt(time: number) {
    this.#modifiedAt = time
  }

  /** Whether a batch has to go to a new segment. Time is the time of the records, as far as they have one. */
  isFullFor(batch: RecordBatch, nextOffset: number, { segmentBytes, segmentMs }: LogPolicy, now: number): boolean {
    if (this.sizeInBytes > segmentBytes - batch.sizeInBytes) return true
    if (nextOffset + batch.lastOffsetDelta - this.baseOffset > widest) return true
    const waited = this.firstTimestamp >= 0 ? batch.maxTimestamp - this.firstTimestamp : now - this.#createdAt
    return this.sizeInBytes > 0 && waited > segmentMs
  }

  /** Writes a batch that has its offset already. @throws StorageFault and the segment is as it was */
  append(batch: RecordBatch, now: number): void {
    const position = this.sizeInBytes
    this.bytes.append(batch.bytes, batch.start, batch.end)
    this.note(batch, position)
    this.#modifiedAt = now
  }

  /** Takes note of a batch that is there. */
  note(batch: RecordBatch, position: number): void {
    const { maxTimestamp } = batch
    if (this.index.count === 0) this.firstTimestamp = maxTimestamp
    if (maxTimestamp > this.maximumTimestamp) this.maximumTimestamp = maxTimestamp
    this.index.add(batch, position)
  }

  /** The batches from the one that holds `offset` on; after compaction, from the next one there is. */
  read(offset: number, limits: ReadLimits): Slices {
    const from = this.index.find(offset)
    const end = this.#endOfRead(from, limits)
    if (end <= from) return { parts: [], sizeInBytes: 0, nextOffset: offset }
    const [start, stop] = [this.index.position(from), this.endPosition(end - 1)]
    return {
      parts: this.bytes.read(start, stop),
      sizeInBytes: stop - start,
      nextOffset: this.index.lastOffset(end - 1) + 1,
    }
  }

  /** The batches that end at or above `offset`, in order. */
  *batches(offset: number): Generator<RecordBatch> {
    for (let from = this.index.find(offset); from < this.index.count; ) {
      const limit = this.index.position(from) + stride
      const fitting = firstAbove(this.index.count, (index) => this.endPosition(index), limit)
      const end = Math.max(from + 1, fitting)
      for (const part of this.bytes.read(this.index.position(from), this.endPosition(end - 1))) yield* readBatches(part)
      from = end
    }
  }

  batchAt(index: number): RecordBatch {
    const [part] = this.bytes.read(this.index.position(index), this.endPosition(index))
    return new RecordBatch(part!, 0, part!.length)
  }

  /** Removes the batches that end at or above `offset`. */
  truncate(offset: number): void {
    const count = this.index.find(offset)
    if (count === this.index.count) return
    this.bytes.truncate(this.index.position(count))
    this.index.cut(count)
    this.maximumTimestamp = -1
    for (let index = 0; index < count; index++) {
      this.maximumTimestamp = Math.max(this.maximumTimestamp, this.index.maximumTimestamp(index))
    }
    if (count === 0) this.firstTimestamp = -1
  }

  /** Lets go of what lies below `offset`. */
  release(offset: number): void {
    const first = this.index.find(offset)
    this.bytes.release(first < this.index.count ? this.index.position(first) : this.sizeInBytes)
  }

  endPosition(index: number): number {
    return index + 1 < this.index.count ? this.index.position(index + 1) : this.sizeInBytes
  }

  /** Index behind the last batch that may be given. */
  #endOfRead(from: number, { below, maximumBytes, atLeastOne }: ReadLimits): number {
    if (from >= this.index.count) return from
    const permitted = this.index.firstFrom(below)
    const limit = this.index.position(from) + maximumBytes
    const fitting = firstAbove(this.index.count, (index) => this.endPosition(index), limit)
    const end = Math.min(permitted, fitting)
    return atLeastOne && end <= from && permitted > from ? from + 1 : end
  }
}
