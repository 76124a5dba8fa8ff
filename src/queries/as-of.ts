/** Versioned tables: which version of a row holds at a time. */

import { prefixEnd, RowKeyWriter } from '../state/row-key.ts'
import type { RowBytes } from '../state/rows.ts'
import type { HeldStore } from './held.ts'
import { keyPrefix } from './layouts/key-first.ts'
import { behind } from './layouts/layout.ts'
import type { Found } from './page.ts'

type Versions = Pick<HeldStore, 'layout' | 'rows' | 'seen'>

/**
 * The version of a key that holds at `at`, or the latest. What held before the history began is not told, whether it is
 * still there or not: the answer is that of an as-of join (`semantics.md` 3.6).
 */
export function versionAt(versions: Versions, key: Buffer, at: number | null): Found | null {
  const { layout, rows, seen } = versions
  const row = lastVersion(versions, key, at)
  const entry = row === undefined ? null : layout.read(row)
  if (row === undefined || entry === null || entry.value === null) return null
  const next = firstOf(rows.scan(behind(row.key), prefixEnd(keyPrefix(key))))
  const end = next === undefined ? null : (layout.read(next)?.span?.start ?? null)
  if (end !== null && at !== null && at < seen.time() - (layout.history ?? 0)) return null
  return {
    row: { key: Buffer.from(row.key), bytes: Buffer.from(row.bytes) },
    entry: { ...entry, span: { start: entry.span!.start, end } },
  }
}

function lastVersion({ rows }: Versions, key: Buffer, at: number | null): RowBytes | undefined {
  const prefix = keyPrefix(key)
  const end = at === null || at >= Number.MAX_SAFE_INTEGER ? prefixEnd(prefix) : behindTime(key, at)
  return copyOf(firstOf(rows.scan(prefix, end, 'descending')))
}

function behindTime(key: Buffer, at: number): Buffer {
  return new RowKeyWriter()
    .bytes(key)
    .time(at + 1)
    .finish()
}

function firstOf(rows: Iterable<RowBytes>): RowBytes | undefined {
  for (const row of rows) return row
  return undefined
}

function copyOf(row: RowBytes | undefined): RowBytes | undefined {
  return row && { key: Buffer.from(row.key), bytes: Buffer.from(row.bytes) }
}
