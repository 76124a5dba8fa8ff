/** One line of a file of dead letters, read without trust. */
import type { RecordHeader } from '../../record.ts'

export interface ImportedLetter {
  readonly partition: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

/**
 * The letter of a line, or what is wrong with it.
 * @example importedLetter('{"partition":0,"timestamp":"0","key":null,"value":"e30=","headers":[]}')
 */
export function importedLetter(line: string): ImportedLetter | string {
  let given: unknown
  try {
    given = JSON.parse(line)
  } catch {
    return 'no JSON'
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'no object'
  return letterOf(given as Record<string, unknown>)
}

function letterOf(given: Record<string, unknown>): ImportedLetter | string {
  const partition = wholeNumber(given.partition)
  if (partition === null) return 'partition is no whole number'
  const timestamp = wholeNumber(given.timestamp, Number.MIN_SAFE_INTEGER)
  if (timestamp === null) return 'timestamp is no whole number of milliseconds'
  const [key, value, headers] = [bytesOf(given.key), bytesOf(given.value), headersOf(given.headers)]
  if (key === undefined) return 'key is neither base64 nor null'
  if (value === undefined) return 'value is neither base64 nor null'
  if (headers === null) return 'headers are no list of name and value'
  return { partition, timestamp, key, value, headers }
}

/** 64-bit numbers come as text; of what other tools write, numbers are taken too. */
function wholeNumber(given: unknown, low = 0): number | null {
  const number = typeof given === 'string' && /^-?\d{1,16}$/.test(given) ? Number(given) : given
  return Number.isSafeInteger(number) && (number as number) >= low ? (number as number) : null
}

/** Undefined for what is no base64: the decoder would skip what it does not know. */
function bytesOf(given: unknown): Buffer | null | undefined {
  if (given === null) return null
  if (typeof given !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(given) || given.length % 4 !== 0) return undefined
  return Buffer.from(given, 'base64')
}

function headersOf(given: unknown): RecordHeader[] | null {
  if (!Array.isArray(given)) return null
  const headers = given.map((each: unknown) => headerOf(each))
  return headers.every((header) => header !== null) ? headers : null
}

function headerOf(given: unknown): RecordHeader | null {
  if (typeof given !== 'object' || given === null) return null
  const { name, value } = given as Record<string, unknown>
  const bytes = bytesOf(value)
  return typeof name === 'string' && bytes !== undefined ? { name, value: bytes } : null
}
