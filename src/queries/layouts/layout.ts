/** How the rows of a store lie, and what they say. A layout knows no Kafka and no network. */
import type { RowBytes, Rows } from '../../state/rows.ts'
import type { Entry, Span } from '../entry.ts'

/** What can be asked of a store depends on it. */
export type LayoutKind = 'table' | 'windows' | 'versions' | 'rows'

/** Which rows are wanted. Row keys that come out rise. */
export interface Where {
  /** Rows of this key only. */
  readonly key: Buffer | null
  /** Keys of a table, [from, to). */
  readonly from: Buffer | null
  readonly to: Buffer | null
  /** Where windows and versions begin, [start, end). */
  readonly span: Span
  /** Row keys behind this one. */
  readonly after: Buffer | null
}

export interface Layout {
  readonly kind: LayoutKind
  /** Rows that may be wanted; `read` tells what they say, `wants` decides. */
  find(rows: Rows, where: Where): Iterable<RowBytes>
  /** Null for a row that readers don't see. */
  read(row: RowBytes): Entry | null
  /** The bytes of the user's key in a row key; null where there is none. */
  keyOf(rowKey: Buffer): Buffer | null
  /** What a row key says by itself, for a row that is gone. */
  place(rowKey: Buffer): Pick<Entry, 'key' | 'span'>
  /** A row vanishes so long after its last change, milliseconds of event time; null: it stays. */
  readonly life: number | null
  /** For how long versions can be asked for, milliseconds of event time; null: there are none. */
  readonly history: number | null
}

export const everywhere: Where = { key: null, from: null, to: null, span: { start: null, end: null }, after: null }

/** True for an entry whose window begins where it is asked for. */
export function startsWithin({ span }: Entry, wanted: Span): boolean {
  const start = span?.start ?? null
  if (start === null) return true
  return (wanted.start === null || start >= wanted.start) && (wanted.end === null || start < wanted.end)
}

/** The first key behind another one. */
export function behind(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0)])
}

/** The later of two lower bounds. */
export function laterOf(one: Buffer | null, other: Buffer | null): Buffer | null {
  if (one === null || other === null) return one ?? other
  return Buffer.compare(one, other) < 0 ? other : one
}
