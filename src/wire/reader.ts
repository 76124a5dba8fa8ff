/** Bytes being read. Every length is checked against what is left before anything is allocated. */
import { readInt64 } from './numbers.ts'
import { WireError } from './wire-error.ts'

export class Reader {
  readonly #bytes: Buffer
  #at: number
  readonly #end: number

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  get position(): number {
    return this.#at
  }

  get left(): number {
    return this.#end - this.#at
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2))
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4))
  }

  int64(): number {
    return readInt64(this.#bytes, this.#take(8))
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#take(8))
  }

  /** An unsigned variable-length integer of at most 32 bits. */
  unsigned(): number {
    let value = 0
    let scale = 1
    for (let count = 0; count < 5; count++) {
      const byte = this.#bytes[this.#take(1)]!
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
    throw new WireError('corrupt', 'a variable-length integer does not end')
  }

  text(length: number): string {
    const start = this.#take(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  /** A view, not a copy. */
  slice(length: number): Buffer {
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** A reader over the next `length` bytes, which this one skips. */
  sub(length: number): Reader {
    const start = this.#take(length)
    return new Reader(this.#bytes, start, start + length)
  }

  #take(size: number): number {
    if (size < 0) throw new WireError('invalid-length', `a length of ${size}`)
    if (size > this.#end - this.#at) {
      throw new WireError('truncated', `${size} bytes expected at position ${this.#at}, ${this.left} are left`)
    }
    const start = this.#at
    this.#at += size
    return start
  }
}
