/** Rows under a window's start and a key; row keys are `start (8 bytes) | key`. */
import type { RecordHeader } from '../record.ts'
import { FirstStart } from './first-start.ts'
import { compareTokens } from './key-order.ts'
import { RestoreBatch } from './restore-batch.ts'
import { versionOfHeaders } from './row-format.ts'
import { checkRowKey, readTime, timeKey, writeTime } from './row-key.ts'
import type { RowBytes } from './rows.ts'
import { Cell, isVisible, Segment, type Slot } from './slot.ts'
import { SlotStore, type StoreOptions } from './slots.ts'
import type { Row, WindowStore } from './store.ts'

const startBytes = 8
const noIndex = { index: null, unindex: null } as const

export class CellWindowStore extends SlotStore implements WindowStore {
  readonly kind = 'window'
  protected readonly keepsDeleted = false
  protected readonly restoring: RestoreBatch
  private readonly first: FirstStart
  private recent = new Segment(-1)

  constructor(name: string, options: StoreOptions) {
    super(name, options)
    this.restoring = new RestoreBatch(options.rows)
    this.first = new FirstStart(options.rows, this.segments, (row) => this.isHidden(row))
  }

  get firstStart(): number {
    return this.first.value
  }

  get(start: number, key: unknown): Row | undefined {
    return this.read(this.segment(start), key)
  }

  put(start: number, key: unknown, value: unknown, time: number): void {
    this.write(this.slotOf(this.segment(start), key), new Cell(key, value, time, 'plain'))
  }

  update(start: number, key: unknown, value: unknown, time: number): void {
    this.overwrite(this.slotOf(this.segment(start), key), key, value, time)
  }

  delete(start: number, key: unknown): void {
    const slot = this.slotOf(this.segment(start), key)
    if (isVisible(slot.current)) this.write(slot, new Cell(key, null, slot.current!.time, 'deleted'))
  }

  rows(start: number): Row[] {
    return [...this.walk(start)]
  }

  walk(start: number): Iterable<Row> {
    const segment = this.segment(start)
    if (segment.isWhole) return this.wholeRows(segment)
    const written = [...segment.slots.values()].filter(({ live }) => isVisible(live))
    written.sort(byToken)
    return this.merged(segment, written, this.counted(segment), startBytes)
  }

  *fetch(key: unknown, fromStart: number, toStart: number): Iterable<{ readonly start: number; readonly row: Row }> {
    for (const start of this.first.starts(fromStart)) {
      if (start >= toStart) return
      const row = this.get(start, key)
      if (row !== undefined) yield { start, row }
    }
  }

  starts(): Iterable<number> {
    return this.first.starts(0)
  }

  restore(key: Buffer, value: Buffer | null, time: number, headers?: readonly RecordHeader[]): void {
    const version = versionOfHeaders(headers)
    this.warm(key, startBytes, value, version)
    this.restoring.row(key, value, time, version)
  }

  warmings(): Iterable<() => void> {
    return this.warmAll(startBytes)
  }

  override restored(position: number): void {
    super.restored(position)
    this.first.reset()
  }

  override clear(): void {
    super.clear()
    this.first.reset()
  }

  protected rowKey({ token, segment }: Slot): Buffer {
    const room = this.scratch.room(startBytes, token)
    writeTime(room, segment.start, 0)
    const row = this.scratch.key(this.tokens.write(token, room, startBytes))
    checkRowKey(row)
    return row
  }

  protected indexOf(): typeof noIndex {
    return noIndex
  }

  protected segmentChanged(segment: Segment, hides: boolean): void {
    this.first.changed(segment, hides)
  }

  protected segmentCommitted(segment: Segment): void {
    segment.committedRows = null
    this.first.committed(segment)
  }

  protected dropEmptySegments(): void {
    for (const [start, { slots }] of this.segments) if (slots.size === 0) this.segments.delete(start)
    this.recent = new Segment(-1)
  }

  /** Committed rows of a segment, which knows their number when they are through. */
  private *counted({ start }: Segment): Generator<RowBytes> {
    let count = 0
    for (const row of this.committed.scan(timeKey(start), timeKey(start + 1))) {
      count++
      yield row
    }
    const segment = this.segments.get(start)
    if (segment !== undefined) segment.committedRows = count
  }

  /** Of a segment whose rows all have slots. */
  private *wholeRows(segment: Segment): Generator<Row> {
    const seen: Slot[] = []
    segment.committedRows = 0
    for (const slot of segment.slots.values()) {
      if (isVisible(slot.committed)) segment.committedRows++
      if (isVisible(slot.current)) seen.push(slot)
    }
    for (const slot of seen.sort(byToken)) yield this.rowAtHand(slot)
  }

  /** With the key as it is read from bytes, also where it was put as something else that is written the same. */
  private rowAtHand(slot: Slot): Row {
    const { live, token } = slot
    if (live !== null) return live
    if (this.tokens.areKeys) return this.rowOf(slot, token)!
    const bytes = this.tokens.bytes(token)
    const key = this.spec.key.decode(bytes, 0, bytes.length)
    const { value, time } = this.rowOf(slot, key)!
    return new Cell(key, value, time, 'plain')
  }

  /** True for a committed row that the open transaction has deleted. */
  private isHidden(row: Buffer): boolean {
    const slot = this.segments.get(readTime(row, 0))?.slots.get(this.tokens.tokenOf(row, startBytes))
    return slot !== undefined && slot.live !== null && !isVisible(slot.live)
  }

  private segment(start: number): Segment {
    if (this.recent.start === start) return this.recent
    const segment = this.segments.get(start) ?? this.openSegment(start)
    this.recent = segment
    return segment
  }

  private openSegment(start: number): Segment {
    const segment = new Segment(start)
    this.segments.set(start, segment)
    const from = timeKey(start)
    segment.isWhole = true
    for (const first of this.committed.prefixes(startBytes, from)) {
      segment.isWhole = !first.equals(from)
      break
    }
    return segment
  }
}

function byToken(one: Slot, other: Slot): number {
  return compareTokens(one.token, other.token)
}
