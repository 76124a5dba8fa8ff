/** Decimal digits to exactly the double that `JSON.parse` makes of them. */
import { peek, type Reader } from './reader.ts'

const minus = 0x2d
const point = 0x2e
const zero = 0x30
/** So many digits make a whole number below 2^53, however they are chosen. */
const exactDigits = 15
/** 10^0 … 10^22 are doubles without error; so a quotient of an exact whole number and one of them is rounded once, as it must be. */
const powers: readonly number[] = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)

/** Whole numbers of few digits are counted together; all else is read with its fraction and exponent. */
export function readNumber(reader: Reader): number | undefined {
  const { bytes, end } = reader
  const start = reader.at
  const isNegative = peek(reader) === minus
  const first = isNegative ? start + 1 : start
  let value = 0
  let at = first
  for (; at < end; at++) {
    const digit = bytes[at]! - zero
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  const count = at - first
  if (count === 0 || (count > 1 && bytes[first] === zero)) return undefined
  reader.at = at
  if (count > exactDigits || continues(peek(reader))) return readDecimal(reader, start, value, count, isNegative)
  return isNegative ? -value : value
}

/** The byte belongs to a number whose whole part has ended: a point, e or E. */
function continues(byte: number): boolean {
  return byte === point || (byte | 0x20) === 0x65
}

function readDecimal(
  reader: Reader,
  start: number,
  whole: number,
  wholeDigits: number,
  isNegative: boolean,
): number | undefined {
  const { bytes, end } = reader
  let value = whole
  let fractionDigits = 0
  if (peek(reader) === point) {
    const first = ++reader.at
    for (; reader.at < end; reader.at++) {
      const digit = bytes[reader.at]! - zero
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    fractionDigits = reader.at - first
    if (fractionDigits === 0) return undefined
  }
  if ((peek(reader) | 0x20) === 0x65) return skipExponent(reader) ? readText(reader, start) : undefined
  if (wholeDigits + fractionDigits > exactDigits) return readText(reader, start)
  const exact = value / powers[fractionDigits]!
  return isNegative ? -exact : exact
}

function skipExponent(reader: Reader): boolean {
  reader.at++
  const sign = peek(reader)
  if (sign === minus || sign === 0x2b) reader.at++
  const first = reader.at
  while (isDigit(peek(reader))) reader.at++
  return reader.at > first
}

const isDigit = (byte: number): boolean => byte >= zero && byte <= zero + 9

/** Abstains beyond ±(2^53 − 1): only the strict way knows what is asked for there. */
function readText({ bytes, at }: Reader, start: number): number | undefined {
  const value = Number(bytes.toString('latin1', start, at))
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : undefined
}
