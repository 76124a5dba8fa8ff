/** Bytes to a JSON value, refusing what `JSON.parse` would change silently. */
import { reject } from '../faults.ts'
import { decodeUtf8 } from './utf8.ts'

/** What becomes of whole numbers beyond ±(2^53 − 1): a double can't hold them. */
export type LargeIntegers = 'reject' | 'bigint' | 'text'

/** Nesting beyond this is refused both ways: what recurses over a value must not run out of stack. */
export const maxDepth = 1_000

const byteOrderMark = 0xfeff
const largest: number = Number.MAX_SAFE_INTEGER
const wholeNumber = /^-?[0-9]+$/

/** `JSON.parse` as engines have it since 2023: the reviver sees the text of a number. */
type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown

/**
 * Parses strictly: one byte order mark is let through; what is empty, not UTF-8, too deep, infinite or an inexact
 * whole number is not. The value is walked after the parse: that costs a tenth of it, a scan of the text as much as it.
 * @throws reject MR3001
 */
export function decodeJson(bytes: Buffer, start: number, end: number, largeIntegers: LargeIntegers): unknown {
  const decoded = decodeUtf8(bytes, start, end)
  const text = decoded.charCodeAt(0) === byteOrderMark ? decoded.slice(1) : decoded
  const value = parse(text)
  return isSafe(value, maxDepth) ? value : parseExactly(text, value, largeIntegers)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw reject(text === '' ? 'Empty, where JSON should be' : 'Not JSON', { code: 'MR3001', cause })
  }
}

/** False when the value nests too deep, or holds a number of which only the text can tell whether it is exact. */
function isSafe(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return value <= largest && value >= -largest
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  return Array.isArray(value) ? isSafeArray(value, depth) : isSafeObject(value as Record<string, unknown>, depth)
}

function isSafeArray(items: readonly unknown[], depth: number): boolean {
  for (let index = 0; index < items.length; index++) {
    const item = items[index]
    if (typeof item === 'number' ? item > largest || item < -largest : !isSafe(item, depth - 1)) return false
  }
  return true
}

function isSafeObject(fields: Readonly<Record<string, unknown>>, depth: number): boolean {
  for (const name in fields) {
    const field = fields[name]
    if (typeof field === 'number' ? field > largest || field < -largest : !isSafe(field, depth - 1)) return false
  }
  return true
}

/** Reads once more with the text of each number at hand; rare, so it may be slow. */
function parseExactly(text: string, value: unknown, largeIntegers: LargeIntegers): unknown {
  if (isTooDeep(value, maxDepth)) throw reject(`The JSON nests deeper than ${maxDepth}`, { code: 'MR3001' })
  return parseWithSource(text, (_name, parsed, { source }) => {
    if (typeof parsed !== 'number' || Number.isSafeInteger(parsed)) return parsed
    if (source === undefined || !wholeNumber.test(source)) return finite(parsed)
    if (largeIntegers === 'reject') throw reject('A whole number beyond 2^53 would be rounded', { code: 'MR3001' })
    return largeIntegers === 'bigint' ? BigInt(source) : source
  })
}

function isTooDeep(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((part) => isTooDeep(part, depth - 1))
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value
  throw reject('A number is too large for a double', { code: 'MR3001' })
}
