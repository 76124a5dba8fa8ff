/** Encodes records straight into a growing buffer: no object, promise or BigInt a record. */
import type { RecordHeader } from '../../record.ts'
import { type Compression, compressionCode, deflate } from '../compression/compression.ts'
import { sizeOfSigned, writeSigned } from '../numbers.ts'
import { WireError } from '../wire-error.ts'
import { attribute, headerSize, writeHeader } from './batch-layout.ts'
import { encodedName } from './header-names.ts'
import type { TimestampType } from './record-batch.ts'

/** A place in a builder to go back to. Owned by the caller, and can be filled again. */
export interface BatchMark {
  count: number
  sizeInBytes: number
  baseTimestamp: number
  maxTimestamp: number
}

export interface BuildOptions {
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly transactional?: boolean
  readonly compression?: Compression
  readonly partitionLeaderEpoch?: number
  readonly timestampType?: TimestampType
}

type Text = string | Uint8Array | null

const noHeaders: readonly RecordHeader[] = []
/** The varint in front of a record takes at most five bytes. */
const longestPrefix = 5
const shortText = 16

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
  /** Whether the last texts were not ASCII, and the next are likely not to be. */
  #measures = false

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
    return this.#maxTimestamp
  }

  /**
   * Adds a record. Strings are written as UTF-8 in place; timestamps may go back.
   * @throws WireError `invalid-value` for a timestamp that is not a whole number of milliseconds
   */
  append(timestamp: number, key: Text, value: Text, headers: readonly RecordHeader[] = noHeaders): void {
    if (!Number.isSafeInteger(timestamp)) throw new WireError('invalid-value', `${timestamp} is not a timestamp`)
    if (this.#count === 0) this.#baseTimestamp = timestamp
    // Lengths stand in front of texts. Measuring costs as much as writing, so ASCII is assumed until it proves wrong.
    if (this.#measures || !this.#encode(timestamp, key, unitsOf(key), value, unitsOf(value), headers)) {
      const keyLength = lengthOf(key)
      const valueLength = lengthOf(value)
      this.#encode(timestamp, key, keyLength, value, valueLength, headers)
      this.#measures = keyLength !== unitsOf(key) || valueLength !== unitsOf(value)
    }
    this.#count++
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp
  }

  /** Writes a record whose texts have the given lengths; false, and nothing is appended, when a text is longer. */
  #encode(
    timestamp: number,
    key: Text,
    keyLength: number,
    value: Text,
    valueLength: number,
    headers: readonly RecordHeader[],
  ): boolean {
    const timestampDelta = timestamp - this.#baseTimestamp
    const length =
      1 +
      sizeOfSigned(timestampDelta) +
      sizeOfSigned(this.#count) +
      sizeOfText(keyLength) +
      sizeOfText(valueLength) +
      (headers.length === 0 ? 1 : sizeOfHeaders(headers))
    // Room for the longest UTF-8 of a text that is not ASCII, so that writing it never stops at the end by chance.
    const bytes = this.#reserve(length + longestPrefix + slackOf(key) + slackOf(value))
    let at = writeSigned(bytes, length, this.#size)
    bytes[at++] = 0
    at = writeSigned(bytes, timestampDelta, at)
    at = writeSigned(bytes, this.#count, at)
    at = writeText(bytes, key, keyLength, at)
    if (at < 0) return false
    at = writeText(bytes, value, valueLength, at)
    if (at < 0) return false
    this.#size = headers.length === 0 ? writeSigned(bytes, 0, at) : writeHeaders(bytes, headers, at)
    return true
  }

  /** Remembers the present end, so that `undo` can take back what comes after; `into` saves the allocation. */
  mark(into: BatchMark = { count: 0, sizeInBytes: 0, baseTimestamp: -1, maxTimestamp: -1 }): BatchMark {
    into.count = this.#count
    into.sizeInBytes = this.#size
    into.baseTimestamp = this.#baseTimestamp
    into.maxTimestamp = this.#maxTimestamp
    return into
  }

  /** Takes back every record appended since `mark`. @throws RangeError when the batch was built or reset since */
  undo(mark: BatchMark): void {
    if (mark.count > this.#count) throw new RangeError('the batch was built or reset after this mark')
    this.#count = mark.count
    this.#size = mark.sizeInBytes
    this.#baseTimestamp = mark.baseTimestamp
    this.#maxTimestamp = mark.maxTimestamp
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
      maxTimestamp: this.#maxTimestamp,
      producerId: options.producerId ?? -1,
      producerEpoch: options.producerEpoch ?? -1,
      baseSequence: options.baseSequence ?? -1,
      recordCount: this.#count,
    }
    writeHeader(bytes, bytes.length, header, options.partitionLeaderEpoch ?? -1)
    // The next batch is likely to be about as large as this one.
    this.#capacity = Math.max(this.#initialCapacity, this.#size + (this.#size >>> 3))
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
  }

  /** Null when that would be no smaller: what is short, or compressed already. */
  #deflated(compression: Exclude<Compression, 'none'>): Buffer | null {
    const records = deflate(compression, this.#reserve(0).subarray(headerSize, this.#size))
    if (records.length >= this.#size - headerSize) return null
    return Buffer.concat([Buffer.alloc(headerSize), records])
  }

  #reserve(extra: number): Buffer {
    const needed = this.#size + extra
    if (this.#bytes !== null && needed <= this.#bytes.length) return this.#bytes
    while (this.#capacity < needed) this.#capacity *= 2
    const grown = Buffer.allocUnsafeSlow(this.#capacity)
    this.#bytes?.copy(grown, 0, 0, this.#size)
    this.#bytes = grown
    return grown
  }
}

/** Bytes of a text, -1 for null. */
function lengthOf(text: Text): number {
  if (text === null) return -1
  return typeof text === 'string' ? Buffer.byteLength(text) : text.length
}

/** Bytes of a text if it is ASCII, -1 for null. */
function unitsOf(text: Text): number {
  return text === null ? -1 : text.length
}

function sizeOfText(length: number): number {
  return sizeOfSigned(length) + (length > 0 ? length : 0)
}

/** How much longer than its count of characters a string can become. */
function slackOf(text: Text): number {
  return typeof text === 'string' ? text.length * 2 : 0
}

/** Gives the position after the text, or -1 when the text does not have that length. */
function writeText(bytes: Buffer, text: Text, length: number, start: number): number {
  const at = writeSigned(bytes, length, start)
  if (text === null) return at
  if (typeof text !== 'string') bytes.set(text, at)
  else if (length <= shortText && length === text.length) return writeShort(bytes, text, at)
  else if (bytes.write(text, at, 'utf8') !== length) return -1
  return at + length
}

/** A call into the engine costs more than a few characters. Gives -1 for what is not ASCII. */
function writeShort(bytes: Buffer, text: string, start: number): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return -1
    bytes[start + index] = code
  }
  return start + text.length
}

function sizeOfHeaders(headers: readonly RecordHeader[]): number {
  let size = sizeOfSigned(headers.length)
  for (const { name, value } of headers) size += sizeOfText(encodedName(name).length) + sizeOfText(lengthOf(value))
  return size
}

function writeHeaders(bytes: Buffer, headers: readonly RecordHeader[], start: number): number {
  let at = writeSigned(bytes, headers.length, start)
  for (const { name, value } of headers) {
    const encoded = encodedName(name)
    at = writeText(bytes, encoded, encoded.length, at)
    at = writeText(bytes, value, lengthOf(value), at)
  }
  return at
}
