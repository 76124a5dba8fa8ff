import { reject } from '../faults.ts'
import { KnownTexts } from './known-texts.ts'
import type { Serde } from './serde.ts'
import { decodeUtf8 } from './utf8.ts'

/** One for all: the keys of a repartition topic are those that were read before it. */
const known = new KnownTexts(decodeUtf8)

/**
 * Text as UTF-8. Empty is a text like any other.
 * Refuses bytes that aren't UTF-8, and strings with half a surrogate pair, which UTF-8 can't say.
 * @example topic('lines', { value: text })
 */
export const text: Serde<string> = Object.freeze({
  name: 'text',
  nullable: false,
  decode: (bytes: Buffer, start: number, end: number): string => known.read(bytes, start, end),
  encode(value: string): string {
    if (typeof value !== 'string') throw reject(`Not a text: ${describeType(value)}`, { code: 'MR3002' })
    if (!value.isWellFormed()) throw reject('The text holds half a surrogate pair', { code: 'MR3002' })
    return value
  },
})

/** What a value is, for messages: never the value itself, which may be private. */
export function describeType(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
