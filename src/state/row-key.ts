/**
 * Keys of rows as parts whose bytes sort like the parts: a delimited part of any length, times, sequences, and a last part
 * as it is. A delimited part writes 0x00 as 0x00 0xff and ends with 0x00 0x00, so no prefix ever matches a longer key.
 */
import { reject } from '../faults.ts'

const high = 0x1_0000_0000
const timeBytes = 8
const sequenceBytes = 4
const delimiterBytes = 2
const escaped = 0xff
const initialBytes = 64

/** Keys of rows may not be longer, wherever they are kept: LMDB takes no more. */
export const maxRowKeyBytes = 1900

/**
 * Writes a row key. One writer can be used again and again.
 * @example new RowKeyWriter().bytes(key).time(end).finish()
 */
export class RowKeyWriter {
  private buffer = Buffer.allocUnsafe(initialBytes)
  private length = 0

  /** A part of any length that others may follow. */
  bytes(part: Uint8Array): this {
    this.reserve(2 * part.length + delimiterBytes)
    for (const byte of part) {
      this.buffer[this.length++] = byte
      if (byte === 0) this.buffer[this.length++] = escaped
    }
    this.buffer[this.length++] = 0
    this.buffer[this.length++] = 0
    return this
  }

  /** The last part, as it is. */
  rest(part: Uint8Array): this {
    this.reserve(part.length)
    this.buffer.set(part, this.length)
    this.length += part.length
    return this
  }

  /** A whole number from 0 to 2^53, 8 bytes. */
  time(time: number): this {
    this.reserve(timeBytes)
    writeTime(this.buffer, time, this.length)
    this.length += timeBytes
    return this
  }

  /** A whole number from 0 to 2^32, 4 bytes. */
  sequence(sequence: number): this {
    this.reserve(sequenceBytes)
    this.buffer.writeUInt32BE(sequence, this.length)
    this.length += sequenceBytes
    return this
  }

  /** One byte. */
  byte(byte: number): this {
    this.reserve(1)
    this.buffer[this.length++] = byte
    return this
  }

  /** The key, in a buffer of its own; the writer is empty again. */
  finish(): Buffer {
    const key = Buffer.from(this.buffer.subarray(0, this.length))
    this.length = 0
    return key
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(2 * (this.length + bytes))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }
}

/**
 * Reads the parts of a row key in the order they were written.
 * @example const reader = new RowKeyReader(key); reader.bytes(); reader.time()
 */
export class RowKeyReader {
  private readonly key: Buffer
  private at = 0

  constructor(key: Buffer) {
    this.key = key
  }

  bytes(): Buffer {
    const { key } = this
    const part = Buffer.allocUnsafe(key.length - this.at)
    let length = 0
    for (let { at } = this; at < key.length; at++) {
      const byte = key[at]!
      if (byte === 0 && key[++at] !== escaped) {
        this.at = at + 1
        return part.subarray(0, length)
      }
      part[length++] = byte
    }
    throw new RangeError('A row key ends within one of its parts')
  }

  rest(): Buffer {
    const part = this.key.subarray(this.at)
    this.at = this.key.length
    return part
  }

  time(): number {
    const time = readTime(this.key, this.at)
    this.at += timeBytes
    return time
  }

  sequence(): number {
    const sequence = this.key.readUInt32BE(this.at)
    this.at += sequenceBytes
    return sequence
  }

  byte(): number {
    return this.key[this.at++]!
  }
}

/** A whole number from 0 to 2^53 in 8 bytes that sort like it. */
export function writeTime(bytes: Buffer, time: number, at: number): void {
  if (!Number.isSafeInteger(time) || time < 0) throw new RangeError(`${time} is no time of a row key`)
  bytes.writeUInt32BE(Math.floor(time / high), at)
  bytes.writeUInt32BE(time % high, at + 4)
}

export function readTime(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * high + bytes.readUInt32BE(at + 4)
}

/** The 8 bytes of a time. */
export function timeKey(time: number): Buffer {
  const key = Buffer.allocUnsafe(timeBytes)
  writeTime(key, time, 0)
  return key
}

/**
 * The first key behind all that begin with `prefix`; null when there can't be one.
 * @example store.scan(prefix, prefixEnd(prefix))
 */
export function prefixEnd(prefix: Buffer): Buffer | null {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length--
  if (length === 0) return null
  const end = Buffer.from(prefix.subarray(0, length))
  end[length - 1]!++
  return end
}

/** @throws reject MR3008 for a key that is too long */
export function checkRowKey(key: Uint8Array): void {
  if (key.length <= maxRowKeyBytes) return
  throw reject(`The key of a row has ${key.length} bytes; ${maxRowKeyBytes} is the most`, { code: 'MR3008' })
}
