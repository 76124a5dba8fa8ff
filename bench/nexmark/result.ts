/** A result as digests of its rows: the same rows give the same digests, whatever engine wrote them. */
import { hash } from 'node:crypto'
import type { ResultRow } from './expected/rows.ts'
import type { Specification } from './specification.ts'

/** A committed record of an output topic. */
export interface OutputRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

export interface Result {
  /** How often each row is there, by its digest. */
  readonly rows: ReadonlyMap<string, number>
  /** Records that were read. */
  readonly records: number
  /** The rows that were asked for, by their digests. */
  readonly texts: ReadonlyMap<string, string>
}

/**
 * The only fractions in the results are prices in euros: at most 8 digits and 3 decimals. What computing with doubles adds
 * to them is gone after this many digits, so that rows within the tolerance are the same text.
 */
const digits = 12

/** Takes the records of a result one by one, those of a partition in their order. */
export class ResultReader {
  private readonly specification: Specification
  private readonly before: number
  private readonly wanted: ReadonlySet<string> | undefined
  private readonly appended = new Map<string, number>()
  /** Digest of the last row by key. */
  private readonly latest = new Map<string, string>()
  private readonly texts = new Map<string, string>()
  private records = 0

  /**
   * @param before rows of windows that end later are left out
   * @param wanted digests whose rows are kept as text
   */
  constructor(specification: Specification, before: number = Number.POSITIVE_INFINITY, wanted?: ReadonlySet<string>) {
    this.specification = specification
    this.before = before
    this.wanted = wanted
  }

  /** @throws Error for what is no row of the work */
  take({ key, value }: OutputRecord): void {
    this.records++
    if (value !== null) {
      this.add(JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()) as ResultRow)
      return
    }
    if (this.specification.kind === 'append') throw new Error('A result to which is only added has a deletion')
    this.latest.delete(keyOfDeletion(this.specification, key))
  }

  /** A row that needn't be read. @throws Error when it lacks a field */
  add(row: ResultRow): void {
    const { specification } = this
    if (windowEnd(specification, row) > this.before) return
    const text = canonical(specification, row)
    const digest = hash('md5', text, 'base64url')
    if (this.wanted?.has(digest)) this.texts.set(digest, text)
    if (specification.kind === 'upsert') this.latest.set(keyOf(specification, row), digest)
    else this.appended.set(digest, (this.appended.get(digest) ?? 0) + 1)
  }

  result(): Result {
    const { records, texts, specification } = this
    const rows =
      specification.kind === 'append' ? this.appended : new Map([...this.latest.values()].map((row) => [row, 1]))
    return { rows, records, texts }
  }
}

/** The fields in the order of the specification. What is not specified is left out. */
function canonical({ fields, tolerance }: Specification, row: ResultRow): string {
  const values = fields.map((field) => {
    const value: unknown = row[field]
    if (value === undefined || value === null) throw new Error(`A row has no ${field}: ${JSON.stringify(row)}`)
    return [field, typeof value === 'number' && tolerance > 0 ? Number(value.toPrecision(digits)) : value]
  })
  return JSON.stringify(Object.fromEntries(values))
}

function keyOf({ key }: Specification, row: ResultRow): string {
  return JSON.stringify(key.map((field) => String(row[field])))
}

/** A JSON object, or of a key with one field the bare text. */
function keyOfDeletion(specification: Specification, key: Uint8Array | null): string {
  if (key === null) throw new Error('A record has neither key nor value')
  const text = Buffer.from(key).toString()
  if (text.startsWith('{')) return keyOf(specification, JSON.parse(text) as ResultRow)
  if (specification.key.length > 1) throw new Error(`The key of a deleted row is ${text}: which row is it?`)
  return JSON.stringify([text])
}

function windowEnd({ window }: Specification, row: ResultRow): number {
  return window === null ? Number.NEGATIVE_INFINITY : Number(row[window.field]) + window.untilEndMilliseconds
}
