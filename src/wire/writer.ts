/** Bytes being written: a growing buffer, and large payloads that are referred to instead of copied. */
import { sizeOfUnsigned, writeInt64, writeUnsigned } from './numbers.ts'
import { WireError } from './wire-error.ts'

/** Payloads from this size on are kept as references until the end. */
const referenceFrom = 512

interface Reference {
  /** Position in our own bytes behind which the payload belongs. */
  readonly at: number
  readonly payload: Uint8Array
}

export class Writer {
  #bytes: Buffer
  #at = 0
  readonly #references: Reference[] = []
  #referenced = 0

  constructor(capacity = 512) {
    this.#bytes = Buffer.allocUnsafe(capacity)
  }

  /** Bytes written so far, payloads included. */
  get length(): number {
    return this.#at + this.#referenced
  }

  int8(value: number): void {
    this.#check(value, -0x80, 0x7f)
    this.#room(1).writeInt8(value, this.#at)
    this.#at += 1
  }

  int16(value: number): void {
    this.#check(value, -0x8000, 0x7fff)
    this.#room(2).writeInt16BE(value, this.#at)
    this.#at += 2
  }

  uint16(value: number): void {
    this.#check(value, 0, 0xffff)
    this.#room(2).writeUInt16BE(value, this.#at)
    this.#at += 2
  }

  int32(value: number): void {
    this.#check(value, -0x80000000, 0x7fffffff)
    this.#room(4).writeInt32BE(value, this.#at)
    this.#at += 4
  }

  uint32(value: number): void {
    this.#check(value, 0, 0xffffffff)
    this.#room(4).writeUInt32BE(value, this.#at)
    this.#at += 4
  }

  int64(value: number): void {
    writeInt64(this.#room(8), value, this.#at)
    this.#at += 8
  }

  float64(value: number): void {
    this.#room(8).writeDoubleBE(value, this.#at)
    this.#at += 8
  }

  unsigned(value: number): void {
    this.#at = writeUnsigned(this.#room(sizeOfUnsigned(value)), value, this.#at)
  }

  text(value: string, length: number): void {
    this.#room(length).write(value, this.#at, 'utf8')
    this.#at += length
  }

  /** Copies. */
  raw(value: Uint8Array): void {
    this.#room(value.length).set(value, this.#at)
    this.#at += value.length
  }

  /** Refers to `payload` when it is large: it must not change until the result has been sent. */
  payload(payload: Uint8Array): void {
    if (payload.length < referenceFrom) {
      this.raw(payload)
    } else {
      this.#references.push({ at: this.#at, payload })
      this.#referenced += payload.length
    }
  }

  /** Takes over what another writer holds. */
  append(other: Writer): void {
    for (const chunk of other.chunks()) this.payload(chunk)
  }

  /** Puts the number of bytes behind the first four into those four, as a frame begins. */
  setFrameSize(): void {
    this.#bytes.writeInt32BE(this.length - 4, 0)
  }

  /** The bytes in order, payloads uncopied. */
  chunks(): Buffer[] {
    const chunks: Buffer[] = []
    let from = 0
    for (const { at, payload } of this.#references) {
      if (at > from) chunks.push(this.#bytes.subarray(from, at))
      chunks.push(payload instanceof Buffer ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length))
      from = at
    }
    if (this.#at > from || chunks.length === 0) chunks.push(this.#bytes.subarray(from, this.#at))
    return chunks
  }

  /** The bytes in one buffer; payloads are copied once. */
  finish(): Buffer {
    const chunks = this.chunks()
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, this.length)
  }

  #room(size: number): Buffer {
    if (this.#at + size <= this.#bytes.length) return this.#bytes
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + size))
    this.#bytes.copy(grown, 0, 0, this.#at)
    this.#bytes = grown
    return grown
  }

  #check(value: number, lowest: number, highest: number): void {
    if (Number.isInteger(value) && value >= lowest && value <= highest) return
    throw new WireError('invalid-value', `${value} is not an integer from ${lowest} to ${highest}`)
  }
}
