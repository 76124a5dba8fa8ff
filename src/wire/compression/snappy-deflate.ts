/** Writes snappy in the framing of the xerial library, as Kafka's Java clients do: blocks of 32 KiB, each on its own. */
import { findMatches, type MatchSink } from './matches.ts'

const blockSize = 32 * 1024
/** Magic, version 1, lowest version that can read it: 1. */
const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
const sizeField = 4
/** Kinds of elements, in the lowest two bits of their tag. */
const kind = { literal: 0, nearCopy: 1, copy: 2 } as const
const longestCopy = 64
const shortestCopy = 4
const longestShortLiteral = 60
const near = { distance: 2_048, length: 12 } as const

/** A whole stream. */
export function deflateSnappy(source: Uint8Array): Buffer {
  const blocks = Math.ceil(source.length / blockSize)
  const worst = header.length + blocks * (sizeField + 32) + source.length + Math.ceil(source.length / 6)
  const out = new BlockWriter(source, Buffer.allocUnsafe(worst))
  header.copy(out.target)
  out.at = header.length
  for (let start = 0; start < source.length; start += blockSize) {
    const end = Math.min(source.length, start + blockSize)
    const sizeAt = out.at
    out.at += sizeField
    out.varint(end - start)
    findMatches(source, start, end, out)
    out.target.writeUInt32BE(out.at - sizeAt - sizeField, sizeAt)
  }
  return out.target.subarray(0, out.at)
}

class BlockWriter implements MatchSink {
  readonly source: Uint8Array
  readonly target: Buffer
  at = 0

  constructor(source: Uint8Array, target: Buffer) {
    this.source = source
    this.target = target
  }

  match(literalStart: number, literalEnd: number, distance: number, length: number): void {
    this.rest(literalStart, literalEnd)
    let left = length
    while (left >= longestCopy + shortestCopy) left -= this.#copy(distance, longestCopy)
    // What remains may not become shorter than a copy can be.
    if (left > longestCopy) left -= this.#copy(distance, left - shortestCopy)
    this.#copy(distance, left)
  }

  rest(start: number, end: number): void {
    const length = end - start
    if (length === 0) return
    const code = length - 1
    if (length <= longestShortLiteral) {
      this.target[this.at++] = (code << 2) | kind.literal
    } else {
      const width = code < 256 ? 1 : 2
      this.target[this.at++] = ((longestShortLiteral - 1 + width) << 2) | kind.literal
      this.at = this.target.writeUIntLE(code, this.at, width)
    }
    this.target.set(this.source.subarray(start, end), this.at)
    this.at += length
  }

  varint(value: number): void {
    let left = value
    for (; left > 127; left >>>= 7) this.target[this.at++] = (left & 127) | 128
    this.target[this.at++] = left
  }

  #copy(distance: number, length: number): number {
    if (length < near.length && distance < near.distance) {
      this.target[this.at++] = ((distance >>> 8) << 5) | ((length - shortestCopy) << 2) | kind.nearCopy
      this.target[this.at++] = distance & 255
    } else {
      this.target[this.at++] = ((length - 1) << 2) | kind.copy
      this.at = this.target.writeUInt16LE(distance, this.at)
    }
    return length
  }
}
