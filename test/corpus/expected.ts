/** What is expected of each file: a table beside the files. */
import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

/** A file, and what must become of it. */
export interface Expected {
  readonly file: string
  readonly what: string
  /** The serdes that read it; all others refuse it as a record that can't be decoded. */
  readonly ok: readonly string[]
  /** What they read; the JSON family must agree with `JSON.parse` where it is not said. */
  readonly reads?: Readonly<Record<string, unknown>>
  /** What JSON can't say. */
  readonly special?: keyof typeof specials
  /** No topic takes it, and no dead letter: what is left is a pointer to it. */
  readonly tooLarge?: true
  /** So large that these have to do. */
  readonly serdes?: readonly string[]
}

const folder = new URL('expected/', import.meta.url)

/** Every file, group by group. */
export const expectations: readonly Expected[] = readdirSync(folder)
  .sort()
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Expected[])

const totalOf = (value: unknown): unknown => (value as { readonly total?: unknown }).total
const specials = {
  NaN: (value: unknown) => Number.isNaN(totalOf(value)),
  Infinity: (value: unknown) => totalOf(value) === Number.POSITIVE_INFINITY,
  '-Infinity': (value: unknown) => totalOf(value) === Number.NEGATIVE_INFINITY,
  ownProto: (value: unknown) => Object.hasOwn(value as object, '__proto__'),
  bigint: (value: unknown) => /bigint/.test(typesOf(value)),
} as const

function typesOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.values(value).map(typesOf).join(' ') : typeof value
}

/** Whether a serde has read what the file means. */
export function isRight({ reads, special }: Expected, serde: string, content: Buffer | null, value: unknown): boolean {
  if (reads !== undefined && serde in reads) return isDeepStrictEqual(plain(value), reads[serde])
  if (serde === 'bytes' || serde === 'text') return content!.equals(Buffer.from(value as string))
  if (special !== undefined) return specials[special](value)
  if (!/json|number/.test(serde)) return true
  return isDeepStrictEqual(value, JSON.parse(content!.toString().replace(/^\ufeff/, '')))
}

/** Instances of classes count as what they hold. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : value
}
