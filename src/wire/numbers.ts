/** Numbers as Kafka writes them, without BigInt: 64-bit integers as two halves, and zigzag variable-length integers. */
import { WireError } from './wire-error.ts'

const twoTo32 = 4_294_967_296

/** @throws WireError `out-of-range` beyond ±2^53 */
export function readInt64(bytes: Buffer, at: number): number {
  const value = bytes.readInt32BE(at) * twoTo32 + bytes.readUInt32BE(at + 4)
  if (!Number.isSafeInteger(value)) throw new WireError('out-of-range', 'a 64-bit integer is beyond 2^53')
  return value
}

/** @throws WireError `out-of-range` for what is not an integer below 2^53 */
export function writeInt64(bytes: Buffer, value: number, at: number): void {
  if (!Number.isSafeInteger(value)) throw new WireError('out-of-range', `${value} is not a 64-bit integer below 2^53`)
  const high = Math.floor(value / twoTo32)
  bytes.writeInt32BE(high, at)
  bytes.writeUInt32BE(value - high * twoTo32, at + 4)
}

/** How many bytes `writeUnsigned` takes for an integer from 0 to 2^53. */
export function sizeOfUnsigned(value: number): number {
  let size = 1
  for (let rest = value; rest >= 128; rest = rest >= twoTo32 ? Math.floor(rest / 128) : rest >>> 7) size++
  return size
}

/** Writes 7 bits a byte, lowest first; gives the position after it. */
export function writeUnsigned(bytes: Uint8Array, value: number, start: number): number {
  let at = start
  let rest = value
  while (rest >= 128) {
    bytes[at++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  bytes[at++] = rest
  return at
}

/** How many bytes `writeSigned` takes. */
export function sizeOfSigned(value: number): number {
  const magnitude = value < 0 ? -value - 1 : value
  if (magnitude < 64) return 1
  return 1 + sizeOfUnsigned(Math.floor(magnitude / 64))
}

/**
 * Writes a zigzag integer (varint and varlong are one format); gives the position after it.
 * The sign travels in the lowest bit of the first byte, so six bits of the magnitude fit there: that is what keeps
 * every integer below 2^53 exact without BigInt.
 */
export function writeSigned(bytes: Uint8Array, value: number, start: number): number {
  const negative = value < 0
  const magnitude = negative ? -value - 1 : value
  const sign = negative ? 1 : 0
  if (magnitude < 64) {
    bytes[start] = (magnitude << 1) | sign
    return start + 1
  }
  bytes[start] = ((magnitude % 64) << 1) | sign | 128
  return writeUnsigned(bytes, Math.floor(magnitude / 64), start + 1)
}

/** Where reading stands; the readers below move it on. One is shared by all steps over the same bytes. */
export interface Position {
  at: number
}

const longestVarlong = 10

/**
 * Reads a zigzag integer and moves `position` behind it.
 * @throws WireError `truncated` at the end of the bytes, `out-of-range` beyond 2^53, `corrupt` when it does not end
 */
export function readSigned(bytes: Uint8Array, position: Position): number {
  const first = bytes[position.at++]
  if (first === undefined) throw new WireError('truncated', 'bytes end inside a variable-length integer')
  let magnitude = (first & 127) >>> 1
  if (first >= 128) magnitude += readRest(bytes, position) * 64
  if (magnitude > Number.MAX_SAFE_INTEGER)
    throw new WireError('out-of-range', 'a variable-length integer is beyond 2^53')
  return first & 1 ? -magnitude - 1 : magnitude
}

function readRest(bytes: Uint8Array, position: Position): number {
  let value = 0
  let scale = 1
  for (let count = 1; count < longestVarlong; count++) {
    const byte = bytes[position.at++]
    if (byte === undefined) throw new WireError('truncated', 'bytes end inside a variable-length integer')
    value += (byte & 127) * scale
    if (byte < 128) return value
    scale *= 128
  }
  throw new WireError('corrupt', 'a variable-length integer does not end')
}
