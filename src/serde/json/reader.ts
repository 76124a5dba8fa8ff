import { Views } from './views.ts'

/**
 * A place in the bytes of one JSON text. Who reads a value moves `at` behind it, or gives `undefined`: it *abstains*,
 * `at` then means nothing, and somebody slower but stricter reads the text from its beginning. Nothing is refused here.
 */
export type Read = (reader: Reader) => unknown

const views = new Views()

const nothing = Buffer.alloc(0)

export class Reader {
  bytes: Buffer = nothing
  /** Over the same bytes: loads four at once, at any place. */
  view: DataView = new DataView(nothing.buffer, 0, 0)
  at = 0
  /** No byte from here on is looked at. */
  end = 0

  open(bytes: Buffer, start: number, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = views.of(bytes)
    }
    this.at = start
    this.end = end
  }
}

/** The byte at the place; -1 at the end. */
export function peek({ bytes, at, end }: Reader): number {
  return at < end ? bytes[at]! : -1
}

/** True, and moved on, where this byte stands. */
export function take(reader: Reader, byte: number): boolean {
  if (peek(reader) !== byte) return false
  reader.at++
  return true
}

export function skipSpace(reader: Reader): void {
  const { bytes, end } = reader
  let at = reader.at
  for (; at < end; at++) {
    const byte = bytes[at]!
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
  }
  reader.at = at
}
