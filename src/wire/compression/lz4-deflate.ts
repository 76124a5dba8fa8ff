/** Writes LZ4 frames: independent blocks of 64 KiB without checksums, since a record batch has its own. */
import { findMatches, type MatchSink } from './matches.ts'

const blockSize = 64 * 1024
/** Magic, flags (version 1, independent blocks), largest block 64 KiB, and the checksum of those two bytes. */
const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82])
const sizeField = 4
const storedFlag = 0x80000000
/** A length that does not fit four bits goes on in bytes of 255 and a last one below. */
const nibble = 15
const shortestMatch = 4

/** A whole frame. */
export function deflateLz4(source: Uint8Array): Buffer {
  const blocks = Math.ceil(source.length / blockSize)
  const worst = header.length + source.length + Math.ceil(source.length / 255) + blocks * (sizeField + 16) + sizeField
  const out = new BlockWriter(source, Buffer.allocUnsafe(worst))
  header.copy(out.target)
  out.at = header.length
  for (let start = 0; start < source.length; start += blockSize) {
    writeBlock(out, start, Math.min(source.length, start + blockSize))
  }
  out.target.writeUInt32LE(0, out.at)
  return out.target.subarray(0, out.at + sizeField)
}

function writeBlock(out: BlockWriter, start: number, end: number): void {
  const sizeAt = out.at
  out.at += sizeField
  findMatches(out.source, start, end, out)
  const size = out.at - sizeAt - sizeField
  if (size < end - start) {
    out.target.writeUInt32LE(size, sizeAt)
    return
  }
  out.target.writeUInt32LE(storedFlag + (end - start), sizeAt)
  out.at = sizeAt + sizeField
  out.literals(start, end)
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
    const rest = length - shortestMatch
    this.#token(literalEnd - literalStart, Math.min(rest, nibble))
    this.literals(literalStart, literalEnd)
    this.target[this.at++] = distance & 255
    this.target[this.at++] = distance >>> 8
    if (rest >= nibble) this.#more(rest - nibble)
  }

  rest(start: number, end: number): void {
    this.#token(end - start, 0)
    this.literals(start, end)
  }

  literals(start: number, end: number): void {
    this.target.set(this.source.subarray(start, end), this.at)
    this.at += end - start
  }

  #token(literals: number, match: number): void {
    this.target[this.at++] = (Math.min(literals, nibble) << 4) | match
    if (literals >= nibble) this.#more(literals - nibble)
  }

  #more(length: number): void {
    let left = length
    for (; left >= 255; left -= 255) this.target[this.at++] = 255
    this.target[this.at++] = left
  }
}
