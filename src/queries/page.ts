/** Reads rows of one task's store: a page at a time, each from one committed state. */
import type { RowBytes } from '../state/rows.ts'
import type { Entry } from './entry.ts'
import type { HeldStore } from './held.ts'
import { type Layout, startsWithin, type Where } from './layouts/layout.ts'

/** So many rows are looked at for one page, whether they are wanted or not. */
const mostLookedAt = 20_000
/** A page ends with the row that makes it larger than this. */
const largestPageBytes = 4_194_304

/** A row, in bytes of its own, and what it says. */
export interface Found {
  readonly row: RowBytes
  readonly entry: Entry
}

export interface Page {
  readonly found: readonly Found[]
  /** The last row looked at, where there may be more; null at the end. */
  readonly after: Buffer | null
}

export interface PageSize {
  readonly rows: number
  readonly bytes?: number
}

/** @throws NotReady for a value whose schema is not here yet */
export function readPage(
  { layout, rows, seen }: Pick<HeldStore, 'layout' | 'rows' | 'seen'>,
  where: Where,
  { rows: mostRows, bytes: mostBytes = largestPageBytes }: PageSize,
): Page {
  const found: Found[] = []
  let last: Buffer | null = null
  let looked = 0
  let bytes = 0
  for (const row of layout.find(rows, where)) {
    if (found.length >= mostRows || looked >= mostLookedAt || bytes >= mostBytes) return { found, after: last }
    looked++
    last = Buffer.from(row.key)
    const entry = wanted(layout, row, where, seen.time())
    if (entry === null) continue
    bytes += row.bytes.length
    found.push({ row: { key: last, bytes: Buffer.from(row.bytes) }, entry })
  }
  return { found, after: null }
}

/** What a row says, unless nobody is to see it: it is past its life, or not what was asked for. */
export function wanted(layout: Layout, row: RowBytes, where: Where, time: number): Entry | null {
  const entry = layout.read(row)
  if (entry === null || !startsWithin(entry, where.span)) return null
  return layout.life !== null && entry.time + layout.life <= time ? null : entry
}
