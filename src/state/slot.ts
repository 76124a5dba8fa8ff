/** A place for one row: what is committed, and before it what the open transaction wrote. */
import type { Row } from './store.ts'

/** `plain` holds the value itself; the value of `stored` is read from the committed rows; `deleted` only remembers when. */
export type CellForm = 'plain' | 'stored' | 'deleted'

/** One version of a row. Only the store that made it for its open transaction may change it, and only before a flush. */
export class Cell implements Row {
  readonly key: unknown
  value: unknown
  time: number
  readonly form: CellForm

  constructor(key: unknown, value: unknown, time: number, form: CellForm) {
    this.key = key
    this.value = value
    this.time = time
    this.form = form
  }
}

export class Slot {
  readonly token: string
  readonly segment: Segment
  /** What the rows hold; null = nothing. */
  committed: Cell | null = null
  /** What reads see before what is committed: written by the open transaction, or by the one that was flushed. */
  live: Cell | null = null
  /** Set by a flush until its commit: what was `live` then. The same as `live` while nothing was written since. */
  flushed: Cell | null = null
  /** True when the flush found that `flushed` is written as null. */
  flushedNull = false
  /** True while the store lists it as changed by the open transaction. */
  listed = false
  /** True when it was asked for since the store last made room. */
  used = true

  constructor(token: string, segment: Segment) {
    this.token = token
    this.segment = segment
  }

  get current(): Cell | null {
    return this.live ?? this.committed
  }
}

/** The slots of one window start; a table without windows is a single one. */
export class Segment {
  readonly start: number
  readonly slots: Map<string, Slot> = new Map()
  /** Rows that the open transaction has put. */
  shown = 0
  /** Committed rows that the open transaction has deleted. */
  hidden = 0
  /** How many rows are committed, where that was counted since the last commit. */
  committedRows: number | null = null
  /** True while every committed row of this start has a slot: then what has none is not there, and nobody need ask. */
  isWhole = false

  constructor(start: number) {
    this.start = start
  }
}

export function isVisible(cell: Cell | null): boolean {
  return cell !== null && cell.form !== 'deleted'
}

const longText = 256

/** True for values that nobody can change and that take little room: these are kept at hand. */
export function isSmall(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= longText
  return (typeof value !== 'object' && typeof value !== 'function') || value === null
}
