/** A place for one row: what is committed, and beside it what the open transaction wrote. */
import type { Encoded, Row } from './store.ts'

/** `plain` holds the value itself, `encoded` its written form; `deleted` only remembers when. */
export type CellForm = 'plain' | 'encoded' | 'deleted'

/** One version of a row; never changed once made. */
export class Cell implements Row {
  readonly key: unknown
  readonly value: unknown
  readonly time: number
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
  committed: Cell | null = null
  /** Written by the open transaction; null = untouched by it. */
  live: Cell | null = null
  /** Set by a flush: the committed form of `live`. */
  flushed: Cell | null = null
  /** True while the store lists it as changed. */
  listed = false

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
  /** Rows that a read can see. */
  visible = 0

  constructor(start: number) {
    this.start = start
  }

  /** The slot of a token, made if there is none. */
  slot(token: string): Slot {
    const found = this.slots.get(token)
    if (found !== undefined) return found
    const made = new Slot(token, this)
    this.slots.set(token, made)
    return made
  }
}

export function isVisible(cell: Cell | null): boolean {
  return cell !== null && cell.form !== 'deleted'
}

/** The form a written row is kept in: an object by its text, so that nobody can change it; a primitive by itself. */
export function committedForm(cell: Cell, encoded: Encoded): Cell {
  const { key, value, time } = cell
  const isPrimitive = (typeof value !== 'object' && typeof value !== 'function') || value === null
  return isPrimitive ? cell : new Cell(key, encoded, time, 'encoded')
}
