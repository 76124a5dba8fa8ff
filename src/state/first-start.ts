/** Which window starts have rows, and the first of them: it is asked for with every record. */
import { readTime, timeKey } from './row-key.ts'
import type { Rows } from './rows.ts'
import type { Segment } from './slot.ts'

const startBytes = 8
const none = Number.POSITIVE_INFINITY

export class FirstStart {
  private readonly rows: Rows
  private readonly segments: ReadonlyMap<number, Segment>
  private readonly isHidden: (rowKey: Buffer) => boolean
  /** Starts that the open transaction has put rows under, ascending. */
  private readonly shown: number[] = []
  private readonly listed = new Set<number>()
  /** No committed row below can be seen. */
  private floor = 0
  /** The first start of a committed row that can be seen; null = to be looked for from `floor` on. */
  private committedFirst: number | null = null

  constructor(rows: Rows, segments: ReadonlyMap<number, Segment>, isHidden: (rowKey: Buffer) => boolean) {
    this.rows = rows
    this.segments = segments
    this.isHidden = isHidden
  }

  get value(): number {
    this.committedFirst ??= this.look()
    const first = this.shown.length === 0 ? none : this.shown[0]!
    return first < this.committedFirst ? first : this.committedFirst
  }

  /** Starts that have rows, ascending, from one on. */
  *starts(from: number): Iterable<number> {
    const shown = this.shown.slice(this.placeOf(from))
    let at = 0
    for (const prefix of this.rows.prefixes(startBytes, timeKey(Math.max(0, from)))) {
      const start = readTime(prefix, 0)
      while (at < shown.length && shown[at]! < start) yield shown[at++]!
      if (shown[at] === start) at++
      if (this.shows(start)) yield start
    }
    while (at < shown.length) yield shown[at++]!
  }

  /** The open transaction has put other rows under a start than before, or deleted others. */
  changed({ start, shown, hidden }: Segment, hides: boolean): void {
    if (shown > 0 !== this.listed.has(start)) this.list(start, shown > 0)
    if (this.committedFirst === start ? hidden > 0 : hides && start < this.floor) this.lookAgain(start)
  }

  /** The rows under a start were committed: they may be gone, or new. */
  committed({ start }: Segment): void {
    if (this.committedFirst === null || start <= this.committedFirst) this.lookAgain(start)
  }

  reset(): void {
    this.lookAgain(0)
  }

  private lookAgain(start: number): void {
    this.committedFirst = null
    if (start < this.floor) this.floor = start
  }

  private look(): number {
    for (const prefix of this.rows.prefixes(startBytes, this.floor === 0 ? null : timeKey(this.floor))) {
      const start = readTime(prefix, 0)
      this.floor = start
      if (this.shows(start)) return start
      this.floor = start + 1
    }
    return none
  }

  /** True when a committed row of this start can be seen, or the open transaction put one there. */
  private shows(start: number): boolean {
    const segment = this.segments.get(start)
    if (segment === undefined || segment.hidden === 0 || segment.shown > 0) return true
    if (segment.committedRows !== null) return segment.hidden < segment.committedRows
    for (const { key } of this.rows.scan(timeKey(start), timeKey(start + 1))) if (!this.isHidden(key)) return true
    return false
  }

  private list(start: number, isShown: boolean): void {
    const at = this.placeOf(start)
    if (!isShown) {
      this.listed.delete(start)
      if (at === 0) this.shown.shift()
      else this.shown.splice(at, 1)
      return
    }
    this.listed.add(start)
    if (at === this.shown.length) this.shown.push(start)
    else this.shown.splice(at, 0, start)
  }

  /** Where a start stands in `shown`, or would stand. Most are asked for at the end. */
  private placeOf(start: number): number {
    const { shown } = this
    let low = 0
    let high = shown.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (shown[middle]! < start) low = middle + 1
      else high = middle
    }
    return low
  }
}
