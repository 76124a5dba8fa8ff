/** Strings in quotes, as `JSON.stringify` writes them. */

const quote = 0x22
const backslash = 0x5c
/** From this length on two calls into Node take less than a loop, up to half of it at 100 characters. */
const longLength = 32
/** What is not a character of ASCII that stands for itself. */
const odd = /[^ !#-[\]-~]/
/** A UTF-16 unit takes three bytes at most. */
const bytesPerUnit = 3

/** @returns where it ends; -1 where it does not fit */
export function writeString(bytes: Buffer, at: number, value: string): number {
  const { length } = value
  const close = at + length + 1
  if (close >= bytes.length) return -1
  if (length >= longLength) return writeLong(bytes, at, value)
  bytes[at] = quote
  for (let index = 0, place = at + 1; index < length; index++, place++) {
    const unit = value.charCodeAt(index)
    if (unit < 0x20 || unit === quote || unit === backslash || unit >= 0x80) return writeHard(bytes, at, value)
    bytes[place] = unit
  }
  bytes[close] = quote
  return close + 1
}

function writeLong(bytes: Buffer, at: number, value: string): number {
  if (odd.test(value)) return writeHard(bytes, at, value)
  bytes[at] = quote
  const close = at + 1 + bytes.write(value, at + 1, 'latin1')
  bytes[close] = quote
  return close + 1
}

/** With escapes, or beyond ASCII; half a surrogate pair becomes an escape here, so that it is always UTF-8. */
function writeHard(bytes: Buffer, at: number, value: string): number {
  const text = JSON.stringify(value)
  if (at + text.length * bytesPerUnit > bytes.length && at + Buffer.byteLength(text) > bytes.length) return -1
  return at + bytes.write(text, at)
}
