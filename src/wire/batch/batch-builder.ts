/** Encodes records straight into a growing buffer: no object, promise or BigInt a record. */
import type { RecordHeader } from '../../record.ts'
import { type Compression, compressionCode, deflate } from '../compression/compression.ts'
import { writeSigned } from '../numbers.ts'
import { WireError } from '../wire-error.ts'
import { attribute, headerSize, writeHeader } from './batch-layout.ts'
import { giveMemoryBack, takeMemory } from './batch-memory.ts'
import type { TimestampType } from './record-batch.ts'
import { RecordCursor } from './record-cursor.ts'
import {
  longestLength,
  roomFor,
  roomForHeaders,
  settleLength,
  type Text,
  type ValueWriter,
  writeHeaders,
  writeText,
} from './record-writer.ts'

export interface BuildOptions {
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly transactional?: boolean
  readonly compression?: Compression
  readonly partitionLeaderEpoch?: number
  readonly timestampType?: TimestampType
}

const noHeaders: readonly RecordHeader[] = []
/** Attributes, and the differences of time and offset, of which the first may be negative and large. */
const longestNumbers = 1 + 10 + 5
/** Of the memory that a builder takes again after a batch. */
const leastCapacity = 1_024
/** Of a highest time, which is never below -1. */
const unknown = -2
/** A single large value is no reason to keep so much room for each. */
const mostGuessed = 65_536

/**
 * Gathers the records of one batch.
 * @example
 * const builder = new BatchBuilder()
 * builder.append(Date.UTC(2026, 0), 'key', 'value')
 * const bytes = builder.build({})
 */
export class BatchBuilder {
  readonly #initialCapacity: number
  #bytes: Buffer | null = null
  #capacity: number
  #size: number = headerSize
  #count = 0
  #baseTimestamp = -1
  #maxTimestamp = -1
  /** Before the last record: the one that makes a batch too large is taken back from every batch. */
  #earlierMaxTimestamp = unknown
  /** False once more records were taken back: then it may be too high. */
  #knowsMaxTimestamp = true
  /** How many bytes the last record's length took, and its value's: the next are likely to need as many. */
  #lengthWidth = 1
  #valueWidth = 1
  /** Of the last value that was written in place. */
  #valueLength = 64

  constructor(initialCapacity = 16_384) {
    this.#initialCapacity = Math.max(initialCapacity, headerSize)
    this.#capacity = this.#initialCapacity
  }

  get count(): number {
    return this.#count
  }

  /** Size of the batch were it built now without compression, header included. */
  get sizeInBytes(): number {
    return this.#size
  }

  /** Highest timestamp appended; -1 when empty. */
  get maxTimestamp(): number {
    if (!this.#knowsMaxTimestamp) this.#findMaxTimestamp()
    return this.#maxTimestamp
  }

  /**
   * Adds a record. Strings are written as UTF-8 in place; timestamps may go back.
   * @throws WireError `invalid-value` for a timestamp that is not a whole number of milliseconds
   */
  append(timestamp: number, key: Text, value: Text, headers: readonly RecordHeader[] = noHeaders): void {
    const room = roomFor(key) + roomFor(value) + (headers.length === 0 ? 1 : roomForHeaders(headers))
    const from = this.#begin(timestamp, room)
    const bytes = this.#bytes!
    const at = writeText(bytes, value, writeText(bytes, key, from))
    this.#end(timestamp, headers.length === 0 ? writeSigned(bytes, 0, at) : writeHeaders(bytes, headers, at))
  }

  /**
   * Adds a record whose value is encoded where it belongs, without a text or bytes of its own in between.
   * @returns false where the writer can't, or found no room: nothing is appended then
   * @throws WireError as `append` does, and what the writer throws
   */
  appendWritten<T>(timestamp: number, key: Text, writer: ValueWriter<T>, value: T): boolean {
    const room = longestLength + Math.min(this.#valueLength * 2, mostGuessed)
    const from = this.#begin(timestamp, roomFor(key) + room)
    const bytes = this.#bytes!
    const start = writeText(bytes, key, from)
    const at = start + this.#valueWidth
    const written = writer.write(value, bytes, at)
    // Room for the lengths, should they turn out to be longer, and for the count of headers.
    if (written < 0 || written + 2 * longestLength > bytes.length) return false
    const end = settleLength(bytes, start, at, written)
    this.#valueLength = written - at
    this.#valueWidth = end - this.#valueLength - start
    bytes[end] = 0
    this.#end(timestamp, end + 1)
    return true
  }

  /** Makes room, and writes what stands before the key; gives the position behind it. */
  #begin(timestamp: number, room: number): number {
    if (!Number.isSafeInteger(timestamp)) throw new WireError('invalid-value', `${timestamp} is not a timestamp`)
    if (this.#count === 0) this.#baseTimestamp = timestamp
    const bytes = this.#reserve(2 * longestLength + longestNumbers + room)
    const at = this.#size + this.#lengthWidth
    bytes[at] = 0
    return writeSigned(bytes, this.#count, writeSigned(bytes, timestamp - this.#baseTimestamp, at + 1))
  }

  /** Puts the length in front of what is written up to `end`: the record counts. */
  #end(timestamp: number, end: number): void {
    const start = this.#size
    const from = start + this.#lengthWidth
    this.#size = settleLength(this.#bytes!, start, from, end)
    this.#lengthWidth = this.#size - (end - from) - start
    this.#count++
    this.#earlierMaxTimestamp = this.#maxTimestamp
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp
  }

  /**
   * Takes back every record appended since `count` and `sizeInBytes` were these.
   * @throws RangeError when the batch was built or reset since
   */
  undoTo(count: number, sizeInBytes: number): void {
    if (count > this.#count) throw new RangeError('the batch was built or reset since')
    const isLast = count === this.#count - 1 && this.#earlierMaxTimestamp !== unknown
    if (isLast) this.#maxTimestamp = this.#earlierMaxTimestamp
    else if (count < this.#count) this.#knowsMaxTimestamp = false
    this.#earlierMaxTimestamp = unknown
    this.#count = count
    this.#size = sizeInBytes
    if (count === 0) this.reset()
  }

  /** Records are seldom taken back: what would have to be remembered for each of them is looked up then. */
  #findMaxTimestamp(): void {
    const cursor = new RecordCursor({
      bytes: this.#reserve(0),
      start: headerSize,
      end: this.#size,
      recordCount: this.#count,
      baseOffset: 0,
      baseTimestamp: this.#baseTimestamp,
      appendTime: null,
    })
    this.#maxTimestamp = -1
    while (cursor.next()) this.#maxTimestamp = Math.max(this.#maxTimestamp, cursor.timestamp)
    this.#knowsMaxTimestamp = true
  }

  /**
   * The finished batch. Its memory is handed over, not copied: the builder is empty afterwards and takes new memory at
   * the next `append`.
   */
  build(options: BuildOptions): Buffer {
    const wanted = options.compression ?? 'none'
    const deflated = wanted === 'none' ? null : this.#deflated(wanted)
    const bytes = deflated ?? this.#reserve(0).subarray(0, this.#size)
    const header = {
      attributes:
        compressionCode(deflated === null ? 'none' : wanted) |
        (options.transactional ? attribute.transactional : 0) |
        (options.timestampType === 'LogAppendTime' ? attribute.logAppendTime : 0),
      lastOffsetDelta: this.#count - 1,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: this.maxTimestamp,
      producerId: options.producerId ?? -1,
      producerEpoch: options.producerEpoch ?? -1,
      baseSequence: options.baseSequence ?? -1,
      recordCount: this.#count,
    }
    writeHeader(bytes, bytes.length, header, options.partitionLeaderEpoch ?? -1)
    // The next batch is likely to be about as large as this one; one small batch between large ones says little.
    const least = Math.min(this.#initialCapacity, leastCapacity)
    this.#capacity = Math.max(least, this.#size + (this.#size >>> 3), this.#capacity >>> 1)
    if (deflated !== null) giveMemoryBack(this.#reserve(0))
    this.#bytes = null
    this.reset()
    return bytes
  }

  /** Forgets all records and keeps the memory. */
  reset(): void {
    this.#size = headerSize
    this.#count = 0
    this.#baseTimestamp = -1
    this.#maxTimestamp = -1
    this.#knowsMaxTimestamp = true
  }

  /** Null when that would be no smaller: what is short, or compressed already. */
  #deflated(compression: Exclude<Compression, 'none'>): Buffer | null {
    const records = deflate(compression, this.#reserve(0).subarray(headerSize, this.#size))
    if (records.length >= this.#size - headerSize) return null
    return Buffer.concat([Buffer.alloc(headerSize), records])
  }

  #reserve(extra: number): Buffer {
    const needed = this.#size + extra
    const present = this.#bytes
    if (present !== null && needed <= present.length) return present
    while (this.#capacity < needed) this.#capacity *= 2
    const grown = takeMemory(this.#capacity)
    if (present !== null) {
      present.copy(grown, 0, 0, this.#size)
      giveMemoryBack(present)
    }
    this.#bytes = grown
    return grown
  }
}
