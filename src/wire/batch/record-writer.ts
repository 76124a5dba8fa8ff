/**
 * Parts of a record, written in place. Lengths stand in front of what they count and take more bytes the larger they are,
 * so each is guessed first; where the guess was wrong, what was written moves by a byte or two.
 */
import type { RecordHeader } from '../../record.ts'
import { sizeOfSigned, writeSigned } from '../numbers.ts'
import { encodedName } from './header-names.ts'

/** Text is written as UTF-8. */
export type Text = string | Uint8Array | null

/** Writes a value at `bytes[at]`; gives where it ends, -1 where it can't (`Serde.write`). */
export interface ValueWriter<T> {
  write(value: T, bytes: Buffer, at: number): number
}

/** A varint of a length takes at most five bytes. */
export const longestLength = 5
const shortText = 16

/** How many bytes a text takes at most, its length included. */
export function roomFor(text: Text): number {
  if (text === null) return 1
  return longestLength + (typeof text === 'string' ? text.length * 3 : text.length)
}

/** Writes a text behind its length; gives the position after it. There must be `roomFor` it. */
export function writeText(bytes: Buffer, text: Text, start: number): number {
  if (text === null) return writeSigned(bytes, -1, start)
  const { length } = text
  const at = writeSigned(bytes, length, start)
  if (typeof text !== 'string') {
    bytes.set(text, at)
    return at + length
  }
  // A call into the engine costs more than a few characters.
  const end = length <= shortText ? writeAscii(bytes, text, at) : -1
  return end < 0 ? settleLength(bytes, start, at, at + bytes.write(text, at, 'utf8')) : end
}

/** Gives the position after the text; -1 for what is not ASCII. */
function writeAscii(bytes: Buffer, text: string, start: number): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return -1
    bytes[start + index] = code
  }
  return start + text.length
}

/**
 * Puts the length of what stands from `from` to `end` at `start`, and brings both together. There must be room for a
 * length that is longer than what was left for it.
 * @returns where it ends now
 */
export function settleLength(bytes: Buffer, start: number, from: number, end: number): number {
  const length = end - from
  const to = start + sizeOfSigned(length)
  if (to !== from) bytes.copyWithin(to, from, end)
  writeSigned(bytes, length, start)
  return to + length
}

export function roomForHeaders(headers: readonly RecordHeader[]): number {
  let room = longestLength
  for (const { name, value } of headers) room += roomFor(encodedName(name)) + roomFor(value)
  return room
}

/** Gives the position after the headers. */
export function writeHeaders(bytes: Buffer, headers: readonly RecordHeader[], start: number): number {
  let at = writeSigned(bytes, headers.length, start)
  for (const { name, value } of headers) at = writeText(bytes, value, writeText(bytes, encodedName(name), at))
  return at
}
