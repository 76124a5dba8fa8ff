import { reject } from '../faults.ts'
import type { Serde } from './serde.ts'
import { describeType } from './text.ts'

const jsonNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/
const wholeNumber = /^-?[0-9]+$/
const zero = 0x30
/** Below it the engine divides without floating point. */
const mostInThirtyBits = 1_073_741_824
/** So many decimal digits always fit below 2^53. */
const safeDigits = 15

/**
 * A number as decimal text, as JSON writes it: readable by every tool, exact for every double.
 * Refuses NaN and the infinities, and whole numbers beyond ±(2^53 − 1), which a double can't count.
 * @example topic('temperatures', { key: text, value: number })
 */
export const number: Serde<number> = Object.freeze({
  name: 'number',
  nullable: false,
  decode(bytes: Buffer, start: number, end: number): number {
    return decodeDigits(bytes, start, end) ?? decodeDecimal(bytes.toString('latin1', start, end))
  },
  encode(value: number): string {
    if (typeof value !== 'number') throw reject(`Not a number: ${describeType(value)}`, { code: 'MR3002' })
    if (!Number.isFinite(value)) throw reject(`${value} is not a number that can be written`, { code: 'MR3002' })
    if (isInexact(value)) throw reject('A whole number beyond 2^53 is not exact', { code: 'MR3002' })
    return Object.is(value, -0) ? '-0' : String(value)
  },
  write: writeDigits,
})

/** The short way for counts. Others are left to `encode`, -0 among them. */
function writeDigits(value: number, bytes: Buffer, start: number): number {
  if (!(value >= 0 && value < mostInThirtyBits) || !Number.isInteger(value) || Object.is(value, -0)) return -1
  let end = start + 1
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) end++
  if (end > bytes.length) return -1
  let at = end
  let rest = value
  do {
    bytes[--at] = zero + (rest % 10)
    rest = (rest / 10) | 0
  } while (rest > 0)
  return end
}

/** True for a number that is written as a whole number with more digits than a double holds. */
export function isInexact(value: number): boolean {
  const magnitude = Math.abs(value)
  // From 1e21 on the text has an exponent, which says that it is not a count.
  return magnitude > Number.MAX_SAFE_INTEGER && magnitude < 1e21
}

/** The short way for counts: nothing but a few digits. */
function decodeDigits(bytes: Buffer, start: number, end: number): number | undefined {
  const length = end - start
  if (length === 0 || length > safeDigits || (bytes[start] === zero && length > 1)) return undefined
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - zero
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return value
}

function decodeDecimal(decimal: string): number {
  const value = jsonNumber.test(decimal) ? Number(decimal) : Number.NaN
  if (!Number.isFinite(value)) throw reject('The bytes are not a decimal number', { code: 'MR3001' })
  if (wholeNumber.test(decimal) && !Number.isSafeInteger(value)) {
    throw reject('A whole number beyond 2^53 would be rounded', { code: 'MR3001' })
  }
  return value
}
