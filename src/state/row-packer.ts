/** Bytes one behind the other in a buffer that grows and is used again. */
import { maxRowHeaderBytes, writeRowHeader } from './row-format.ts'
import type { Encoded } from './store.ts'
import { shortLength, writeText } from './text-bytes.ts'

const initialBytes = 4_096
/** What a commit needed once is given back where it was much. */
const keptBytes = 1_048_576
const maxBytesOfUnit = 3

export class RowPacker {
  length = 0
  private buffer: Buffer = Buffer.allocUnsafeSlow(initialBytes)

  /** All that was written; a view that holds until more is. */
  get packed(): Buffer {
    return this.buffer
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.write(bytes)
  }

  /** As `encodeRow` does it. */
  row(value: Encoded | null, time: number, version: number): void {
    const most = value === null ? 0 : typeof value === 'string' ? maxBytesOfUnit * value.length : value.length
    this.reserve(maxRowHeaderBytes + most)
    this.length = writeRowHeader(this.buffer, this.length, { deleted: value === null, time, version })
    if (typeof value === 'string') this.length = writeText(value, this.buffer, this.length)
    else if (value !== null) this.write(value)
  }

  drop(): void {
    this.length = 0
    if (this.buffer.length > keptBytes) this.buffer = Buffer.allocUnsafeSlow(initialBytes)
  }

  private write(bytes: Uint8Array): void {
    const { buffer } = this
    if (bytes.length > shortLength) buffer.set(bytes, this.length)
    else for (let at = 0; at < bytes.length; at++) buffer[this.length + at] = bytes[at]!
    this.length += bytes.length
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return
    const larger = Buffer.allocUnsafeSlow(2 * (this.length + bytes))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }
}
