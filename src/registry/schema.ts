/** What every kind of schema can do, once it is parsed. */
import type { Effort } from './effort.ts'
import { InvalidSchema } from './invalid-schema.ts'

/** Why data can't be read. The place is a JSON pointer into the reader's schema. */
export interface Incompatibility {
  readonly kind: string
  readonly path: string
  readonly message: string
}

export interface ParsedSchema {
  /** The text that is kept: two texts that differ in white space and order of attributes only have the same. */
  readonly canonical: string
  /** The canonical text with everything in order that has none by itself. */
  readonly normalized: string
  /** Why this can't read what `writer` has written; nothing when it can. @throws Exhausted */
  unreadable(writer: ParsedSchema, effort: Effort): readonly Incompatibility[]
}

/** Schemas that a schema refers to, in the order needed: what is used stands before what uses it. */
export interface ResolvedReference {
  readonly name: string
  readonly schema: string
}

/** What recurses over a schema must not run out of stack. */
const deepestSchema = 200

/** @throws InvalidSchema for what is not JSON, or nests too deep */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InvalidSchema('not JSON')
  }
  if (isDeeper(value, deepestSchema)) throw new InvalidSchema(`nested deeper than ${deepestSchema}`)
  return value
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((part) => isDeeper(part, depth - 1))
}

/** The same value with the keys of every object in order of names. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([name, part]) => [name, sortKeys(part)]))
}
