/** Records of one input partition that were fetched and not yet taken. Only its head is decoded. */
import type { FetchedPartition } from '../../kafka/port.ts'
import type { TopicPartition } from '../../record.ts'
import type { RecordBatch, RecordCursor } from '../../wire/batch.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { Reentry } from '../reentry/headers.ts'

/** The next record of a partition, decoded and stamped. One per queue, overwritten. */
export interface Head {
  key: unknown
  value: unknown
  time: number
  /** What it says of time: nothing older comes any more; -1 where it says nothing. */
  promise: number
}

export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  /** Place among the task's inputs. */
  readonly index: number
  readonly head: Head = { key: null, value: null, time: 0, promise: -1 }
  /** True when `head` holds the record at `cursor`, ready to be taken. */
  ready = false
  /** Offset of the next record to take: what a commit writes while records wait. */
  position = -1
  /** Where a bounded run stops reading; +Infinity otherwise. */
  end: number = Number.POSITIVE_INFINITY
  /** Of the record in hand, in a queue of records that come again; null in all others. */
  reentry: Reentry | null = null
  /** Wall time before which that record is not taken; +Infinity while none is known. */
  dueAt: number = Number.POSITIVE_INFINITY
  /** Above so many bytes nothing is fetched for it, until it is below half of that. */
  readonly mostBytes: number
  /** Bytes fetched and not yet begun. */
  bytes = 0
  /** Last stable offset as of the last fetch; -1 while unknown. */
  private stable = -1
  private fetchedTo = -1
  private readonly batches: RecordBatch[] = []
  private cursor: RecordCursor | null = null
  /** True when the next to advance to is the record at the cursor itself. */
  private isHeld = false
  private waitsFor: object | null = null
  /** Why the batch that comes next can't be read; null where nothing is known against it. */
  unreadable: Error | null = null
  private currentBatch: RecordBatch | null = null

  constructor(input: TopicPartition, index: number, mostBytes = 8_388_608) {
    this.topic = input.topic
    this.partition = input.partition
    this.index = index
    this.mostBytes = mostBytes
  }

  /** Forgets everything and goes on at `offset`. */
  moveTo(offset: number): void {
    this.batches.length = 0
    this.bytes = 0
    this.cursor = null
    this.isHeld = false
    this.waitsFor = null
    this.unreadable = null
    this.reentry = null
    this.dueAt = Number.POSITIVE_INFINITY
    this.ready = false
    this.position = offset
    this.fetchedTo = offset
    this.stable = -1
  }

  add(fetched: FetchedPartition): void {
    for (const batch of fetched.batches) {
      this.batches.push(batch)
      this.bytes += batch.sizeInBytes
    }
    this.fetchedTo = fetched.nextOffset
    this.stable = fetched.lastStableOffset
    this.settle()
  }

  /**
   * The cursor at the next untaken record, or null when nothing is here; skips what lies before `position` and behind
   * `end`. Null as well where what is here can't be read.
   */
  advance(): RecordCursor | null {
    try {
      return this.nextCursor()
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.standBefore(error)
      return null
    }
  }

  /** The batch that comes next can't be read: nothing is taken until the queue is moved. */
  standBefore(error: Error): void {
    this.unreadable = error
    this.waitsFor = error
  }

  private nextCursor(): RecordCursor | null {
    if (this.isHeld) {
      this.isHeld = false
      return this.cursor
    }
    for (;;) {
      if (this.cursor === null && !this.openNext()) return this.settle()
      if (!this.cursor!.next()) {
        this.cursor = null
        continue
      }
      if (this.cursor!.offset < this.position) continue
      return this.cursor!.offset < this.end ? this.cursor : this.drop()
    }
  }

  /** The record at the cursor is done: processed, refused or skipped. */
  take(): void {
    this.ready = false
    this.reentry = null
    this.dueAt = Number.POSITIVE_INFINITY
    this.position = this.cursor!.offset + 1
  }

  /** The record at the cursor can't be decoded yet: it stays the next one, and nothing is taken until it is released. */
  hold(waitsFor: object): void {
    this.isHeld = true
    this.waitsFor = waitsFor
  }

  /** The record at the cursor stays the next one. */
  putBack(): void {
    this.ready = false
    this.isHeld = true
  }

  /** @returns false where the queue does not wait for that any more */
  release(waitsFor: object): boolean {
    if (this.waitsFor !== waitsFor) return false
    this.waitsFor = null
    return true
  }

  get isWaiting(): boolean {
    return this.waitsFor !== null
  }

  /** The record in hand, for its bytes and headers. */
  get current(): RecordCursor {
    return this.cursor!
  }

  /** The batch that `current` is in. */
  get batch(): RecordBatch {
    return this.currentBatch!
  }

  /** Whether it is caught up is known again when something has come. */
  forgetEnd(): void {
    this.stable = -1
  }

  /** Nothing here and nothing stable left in Kafka, as far as is known. */
  get caughtUp(): boolean {
    return this.isEmpty && this.stable >= 0 && this.position >= this.stable
  }

  /** Everything before the end of a bounded run has been taken. */
  get finished(): boolean {
    return this.position >= this.end
  }

  get isEmpty(): boolean {
    return this.cursor === null && this.batches.length === 0
  }

  private openNext(): boolean {
    this.currentBatch = this.batches.shift() ?? null
    if (this.currentBatch === null) return false
    this.bytes -= this.currentBatch.sizeInBytes
    this.cursor = this.currentBatch.cursor()
    return true
  }

  private drop(): null {
    this.batches.length = 0
    this.bytes = 0
    this.cursor = null
    this.position = Math.max(this.position, this.end)
    return null
  }

  /** With all fetched records taken, the position passes control batches and empty batches behind them. */
  private settle(): null {
    if (this.isEmpty && this.fetchedTo > this.position)
      this.position = Math.min(this.fetchedTo, Math.max(this.end, this.position))
    return null
  }
}
