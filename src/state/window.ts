/** Rows under a window's start and a key; row keys are `start (8 bytes) | key`. */
import type { RecordHeader } from '../record.ts'
import { FirstStart } from './first-start.ts'
import { compareTokens } from './key-order.ts'
import { RestoreBatch } from './restore-batch.ts'
import { versionOfHeaders } from './row-format.ts'
import { checkRowKey, readTime, timeKey, writeTime } from './row-key.ts'
import type { RowChange } from './rows.ts'
import { Cell, isVisible, Segment, type Slot } from './slot.ts'
import { SlotStore, type StoreOptions } from './slots.ts'
import type { Row, WindowStore } from './store.ts'

const startBytes = 8

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

  delete(start: number, key: unknown): void {
    const slot = this.slotOf(this.segment(start), key)
    if (isVisible(slot.current)) this.write(slot, new Cell(key, null, slot.current!.time, 'deleted'))
  }

  rows(start: number): Row[] {
    const segment = this.segment(start)
    const written = [...segment.slots.values()].filter(({ live }) => isVisible(live))
    written.sort((one, other) => compareTokens(one.token, other.token))
    const rows = [...this.committed.scan(timeKey(start), timeKey(start + 1))]
    segment.committedRows = rows.length
    return [...this.merged(segment, written, rows, startBytes)]
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
    const key = this.tokens.bytes(token)
    const row = Buffer.allocUnsafe(startBytes + key.length)
    writeTime(row, segment.start, 0)
    row.set(key, startBytes)
    checkRowKey(row)
    return row
  }

  protected changeOf(_slot: Slot, key: Buffer, bytes: Buffer | null): RowChange {
    return { key, bytes, index: null, unindex: null }
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

  /** True for a committed row that the open transaction has deleted. */
  private isHidden(row: Buffer): boolean {
    const slot = this.segments.get(readTime(row, 0))?.slots.get(this.tokens.tokenOf(row, startBytes))
    return slot !== undefined && slot.live !== null && !isVisible(slot.live)
  }

  private segment(start: number): Segment {
    if (this.recent.start === start) return this.recent
    const segment = this.segments.get(start) ?? new Segment(start)
    this.segments.set(start, segment)
    this.recent = segment
    return segment
  }
}
