/** Rows of windows, in the order in which windows end. Each kind of windows keeps them its own way. */
import type { Row } from '../../state/store.ts'

export interface WindowRow {
  readonly start: number
  readonly end: number
  readonly row: Row
}

export interface WindowRows {
  /** The smallest end of any row; +Infinity when there is none. Cheap: asked for every record. */
  readonly firstEnd: number
  /** Rows that end in (after, until], by end, start and key bytes. The row in hand may be deleted. */
  ended(after: number, until: number): Iterable<WindowRow>
  get(start: number, end: number, key: unknown): Row | undefined
  delete(row: WindowRow): void
}
