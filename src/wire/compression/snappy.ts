/**
 * Decodes snappy as Kafka carries it: either one raw block, or the framing of the xerial library (16-byte header, then
 * blocks with a 4-byte size each). Formats: google/snappy's format_description.txt, xerial's SnappyOutputStream.
 */
import { WireError } from '../wire-error.ts'

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const xerialHeaderSize = 16

/** @throws WireError `corrupt`, `too-large` */
export function inflateSnappy(bytes: Buffer, limit: number): Buffer {
  if (!xerialMagic.equals(bytes.subarray(0, xerialMagic.length))) return inflateBlock(bytes, limit)
  const blocks: Buffer[] = []
  let total = 0
  for (let at = xerialHeaderSize; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw corrupt()
    const size = bytes.readUInt32BE(at)
    at += 4
    if (size > bytes.length - at) throw corrupt()
    const block = inflateBlock(bytes.subarray(at, at + size), limit - total)
    total += block.length
    blocks.push(block)
    at += size
  }
  return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks, total)
}

function corrupt(): WireError {
  return new WireError('corrupt', 'a snappy block cannot be read')
}

/** Where reading and writing stand within one block. */
interface Progress {
  readonly source: Buffer
  readonly target: Buffer
  read: number
  written: number
}

function inflateBlock(source: Buffer, limit: number): Buffer {
  let size = 0
  let read = 0
  for (let shift = 0; ; shift += 7) {
    const byte = source[read++]
    if (byte === undefined || shift > 28) throw corrupt()
    size += (byte & 127) * 2 ** shift
    if (byte < 128) break
  }
  if (size > limit) throw new WireError('too-large', `a snappy block is larger than ${limit} bytes`)
  // The densest element is a copy: 64 bytes from 3, so a small block cannot ask for a large buffer.
  if (size > source.length * 64) throw corrupt()
  const progress: Progress = { source, target: Buffer.allocUnsafe(size), read, written: 0 }
  while (progress.read < source.length) inflateElement(progress)
  if (progress.written !== size) throw corrupt()
  return progress.target
}

function inflateElement(progress: Progress): void {
  const { source } = progress
  const tag = source[progress.read++]!
  switch (tag & 3) {
    case 0:
      literal(progress, tag >>> 2)
      break
    case 1:
      copy(progress, ((tag >>> 2) & 7) + 4, ((tag >>> 5) << 8) | little(progress, 1))
      break
    case 2:
      copy(progress, (tag >>> 2) + 1, little(progress, 2))
      break
    default:
      copy(progress, (tag >>> 2) + 1, little(progress, 4))
  }
}

/** A little-endian number of `width` bytes. */
function little(progress: Progress, width: number): number {
  if (progress.read + width > progress.source.length) throw corrupt()
  const value = progress.source.readUIntLE(progress.read, width)
  progress.read += width
  return value
}

function literal(progress: Progress, code: number): void {
  const length = (code < 60 ? code : little(progress, code - 59)) + 1
  const end = progress.read + length
  if (end > progress.source.length || progress.written + length > progress.target.length) throw corrupt()
  progress.source.copy(progress.target, progress.written, progress.read, end)
  progress.read = end
  progress.written += length
}

function copy(progress: Progress, length: number, distance: number): void {
  const { target, written } = progress
  if (distance === 0 || distance > written || written + length > target.length) throw corrupt()
  // Byte by byte on purpose: source and target may overlap, which repeats a pattern.
  for (let at = written; at < written + length; at++) target[at] = target[at - distance]!
  progress.written += length
}
