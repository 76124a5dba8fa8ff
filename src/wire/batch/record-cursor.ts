/** Walks over the records of one batch, giving positions instead of objects. */
import type { RecordHeader } from '../../record.ts'
import { type Position, readSigned } from '../numbers.ts'
import { WireError } from '../wire-error.ts'

/** What a cursor needs to know of the batch's header. */
export interface CursorStart {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  readonly recordCount: number
  readonly baseOffset: number
  readonly baseTimestamp: number
  /** Under LogAppendTime every record bears the batch's time. */
  readonly appendTime: number | null
}

/**
 * One reused cursor a batch: call `next`, then read the fields, which hold until the next call.
 * @example
 * for (const cursor = batch.cursor(); cursor.next(); ) count += cursor.valueEnd - cursor.valueStart
 */
export class RecordCursor {
  /** What the positions point into: the batch's own bytes, or the inflated records of a compressed batch. */
  readonly bytes: Buffer
  offset = -1
  timestamp = -1
  /** -1 when the key is null. */
  keyStart = -1
  keyEnd = -1
  /** -1 when the value is null (a tombstone). */
  valueStart = -1
  valueEnd = -1
  headerCount = 0
  /** Where they lie: for each a name and a value, with their lengths in front. */
  headersStart = 0

  readonly #end: number
  readonly #baseOffset: number
  readonly #baseTimestamp: number
  readonly #appendTime: number | null
  readonly #position: Position
  #left: number
  #recordEnd: number

  constructor(from: CursorStart) {
    if (from.recordCount < 0) throw new WireError('corrupt', `a batch says it has ${from.recordCount} records`)
    this.bytes = from.bytes
    this.#end = from.end
    this.#left = from.recordCount
    this.#baseOffset = from.baseOffset
    this.#baseTimestamp = from.baseTimestamp
    this.#appendTime = from.appendTime
    this.#position = { at: from.start }
    this.#recordEnd = from.start
  }

  /**
   * Moves to the next record; false behind the last.
   * @throws WireError `corrupt` or `truncated` when lengths do not fit the batch
   */
  next(): boolean {
    if (this.#left === 0) return this.#finish()
    this.#left--
    const { bytes } = this
    const position = this.#position
    position.at = this.#recordEnd
    const length = readSmall(bytes, position)
    const recordEnd = position.at + length
    if (length < 0 || recordEnd > this.#end) throw new WireError('corrupt', 'a record reaches beyond its batch')
    this.#recordEnd = recordEnd
    position.at++ // attributes, none are in use
    const timestampDelta = readSmall(bytes, position)
    this.timestamp = this.#appendTime ?? this.#baseTimestamp + timestampDelta
    this.offset = this.#baseOffset + readSmall(bytes, position)
    const keyLength = readSmall(bytes, position)
    this.keyStart = keyLength < 0 ? -1 : position.at
    if (keyLength > 0) position.at += keyLength
    this.keyEnd = keyLength < 0 ? -1 : position.at
    if (position.at > recordEnd) throw new WireError('corrupt', 'a key reaches beyond its record')
    const valueLength = readSmall(bytes, position)
    this.valueStart = valueLength < 0 ? -1 : position.at
    if (valueLength > 0) position.at += valueLength
    this.valueEnd = valueLength < 0 ? -1 : position.at
    if (position.at > recordEnd) throw new WireError('corrupt', 'a value reaches beyond its record')
    this.headerCount = readSmall(bytes, position)
    this.headersStart = position.at
    // A header takes at least two bytes (its name's and its value's length).
    if (this.headerCount < 0 || position.at + this.headerCount * 2 > recordEnd) {
      throw new WireError('corrupt', 'headers reach beyond their record')
    }
    return true
  }

  /** The headers of the current record, values as views into `bytes`. Nothing is decoded before this is called. */
  headers(): RecordHeader[] {
    const headers: RecordHeader[] = []
    const position = { at: this.headersStart }
    for (let count = 0; count < this.headerCount; count++) {
      const name = this.#slice(position)
      if (name === null) throw new WireError('corrupt', 'a header has no name')
      headers.push({ name: name.toString('utf8'), value: this.#slice(position) })
    }
    return headers
  }

  #slice(position: Position): Buffer | null {
    const length = readSigned(this.bytes, position)
    if (length < 0) return null
    const start = position.at
    position.at += length
    if (position.at > this.#recordEnd) throw new WireError('corrupt', 'a header reaches beyond its record')
    return this.bytes.subarray(start, position.at)
  }

  #finish(): false {
    if (this.#recordEnd !== this.#end) throw new WireError('corrupt', 'bytes are left behind the last record')
    return false
  }
}

/** `readSigned` with the two shortest forms first, which are nearly all there is inside a record. */
function readSmall(bytes: Buffer, position: Position): number {
  const first = bytes[position.at]!
  if (first < 128) {
    position.at++
    return (first >>> 1) ^ -(first & 1)
  }
  const second = bytes[position.at + 1]!
  if (second < 128) {
    position.at += 2
    const raw = (first & 127) | (second << 7)
    return (raw >>> 1) ^ -(raw & 1)
  }
  return readSigned(bytes, position)
}
