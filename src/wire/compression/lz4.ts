/**
 * Decodes LZ4 frames as Kafka carries them (lz4_Frame_format.md, lz4_Block_format.md). Checksums inside the frame are
 * not verified: the batch has its own.
 */
import { WireError } from '../wire-error.ts'

const frameMagic = 0x184d2204
const flag = { contentSize: 8, contentChecksum: 4, blockChecksum: 16, dictionary: 1 } as const
const uncompressed = 0x80000000

function corrupt(): WireError {
  return new WireError('corrupt', 'an lz4 frame cannot be read')
}

/** A buffer that grows with what is decoded, up to a limit. Blocks may refer back into earlier ones. */
interface Output {
  bytes: Buffer
  length: number
  readonly limit: number
}

/** @throws WireError `corrupt`, `too-large` */
export function inflateLz4(bytes: Buffer, limit: number): Buffer {
  const output: Output = { bytes: Buffer.allocUnsafe(Math.min(limit, bytes.length * 4)), length: 0, limit }
  let at = 0
  do at = inflateFrame(bytes, at, output)
  while (at < bytes.length)
  return output.bytes.subarray(0, output.length)
}

function inflateFrame(bytes: Buffer, start: number, output: Output): number {
  if (start + 7 > bytes.length || bytes.readUInt32LE(start) !== frameMagic) throw corrupt()
  const flags = bytes[start + 4]!
  if (flags & flag.dictionary || flags >>> 6 !== 1) throw corrupt()
  const trailer = flags & flag.blockChecksum ? 4 : 0
  let at = start + 7 + (flags & flag.contentSize ? 8 : 0)
  for (;;) {
    if (at + 4 > bytes.length) throw corrupt()
    const word = bytes.readUInt32LE(at)
    at += 4
    if (word === 0) break
    const size = word % uncompressed
    if (size + trailer > bytes.length - at) throw corrupt()
    const block = bytes.subarray(at, at + size)
    if (word >= uncompressed) append(output, block, 0, size)
    else inflateBlock(block, output)
    at += size + trailer
  }
  return at + (flags & flag.contentChecksum ? 4 : 0)
}

function ensure(output: Output, extra: number): void {
  const needed = output.length + extra
  if (needed <= output.bytes.length) return
  if (needed > output.limit) throw new WireError('too-large', `an lz4 frame is larger than ${output.limit} bytes`)
  const grown = Buffer.allocUnsafe(Math.min(output.limit, Math.max(needed, output.bytes.length * 2)))
  output.bytes.copy(grown, 0, 0, output.length)
  output.bytes = grown
}

function append(output: Output, source: Buffer, start: number, end: number): void {
  ensure(output, end - start)
  source.copy(output.bytes, output.length, start, end)
  output.length += end - start
}

/** A sequence is a token, literals, and a copy from up to 64 KiB back; the last one has literals only. */
function inflateBlock(block: Buffer, output: Output): void {
  const cursor = { at: 0 }
  while (cursor.at < block.length) {
    const token = block[cursor.at++]!
    const literals = lengthOf(block, cursor, token >>> 4)
    const end = cursor.at + literals
    if (end > block.length) throw corrupt()
    append(output, block, cursor.at, end)
    cursor.at = end
    if (end === block.length) return
    if (end + 2 > block.length) throw corrupt()
    const distance = block.readUInt16LE(end)
    cursor.at = end + 2
    repeat(output, distance, lengthOf(block, cursor, token & 15) + 4)
  }
}

function lengthOf(block: Buffer, cursor: { at: number }, start: number): number {
  let length = start
  if (start < 15) return length
  for (;;) {
    const byte = block[cursor.at++]
    if (byte === undefined) throw corrupt()
    length += byte
    if (byte < 255) return length
  }
}

function repeat(output: Output, distance: number, length: number): void {
  if (distance === 0 || distance > output.length) throw corrupt()
  ensure(output, length)
  const { bytes } = output
  const end = output.length + length
  // Byte by byte on purpose: source and target may overlap, which repeats a pattern.
  for (let at = output.length; at < end; at++) bytes[at] = bytes[at - distance]!
  output.length = end
}
