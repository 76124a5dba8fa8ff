/** What every store in memory does: keeps writes apart from committed rows, and takes back, flushes, commits, aborts. */
import type { Serde } from '../serde/serde.ts'
import { KeyTokens } from './key-order.ts'
import { Cell, committedForm, isVisible, type Segment, type Slot } from './slot.ts'
import type { ChangelogWrite, Row, Store } from './store.ts'
import type { UndoLog } from './undo.ts'

export interface StoreOptions {
  readonly key: Serde<unknown>
  readonly value: Serde<unknown>
  readonly undo: UndoLog
}

export abstract class SlotStore implements Store {
  readonly name: string
  encodesEagerly = false
  protected readonly tokens: KeyTokens
  protected readonly keySerde: Serde<unknown>
  private readonly valueSerde: Serde<unknown>
  private readonly undoLog: UndoLog
  private changed: Slot[] = []
  private visibleRows = 0

  constructor(name: string, { key, value, undo }: StoreOptions) {
    this.name = name
    this.tokens = new KeyTokens(key)
    this.keySerde = key
    this.valueSerde = value
    this.undoLog = undo
  }

  /** True when a deleted row must be remembered with its time. */
  protected abstract readonly keepsDeleted: boolean
  protected abstract changelogKey(slot: Slot): Buffer
  /** The first row of a segment became visible, or its last one vanished. */
  protected abstract segmentShown(segment: Segment): void
  protected abstract segmentHidden(segment: Segment): void
  /** A slot holds nothing any more. */
  protected abstract dropped(slot: Slot): void
  abstract restore(key: Buffer, value: Buffer | null, time: number): void

  get size(): number {
    return this.visibleRows
  }

  /** @throws reject MR3002 when a value can't be encoded */
  flush(write: ChangelogWrite): void {
    for (const slot of this.changed) {
      const { live } = slot
      if (live === null) continue
      const encoded = live.form === 'deleted' ? null : this.valueSerde.encode(live.value)
      slot.flushed = encoded === null ? new Cell(live.key, null, live.time, 'deleted') : committedForm(live, encoded)
      if (encoded === null && !isVisible(slot.committed)) continue
      write(this.changelogKey(slot), encoded, live.time)
    }
  }

  commit(): void {
    this.encodesEagerly = false
    for (const slot of this.changed) {
      slot.listed = false
      if (slot.flushed === null) continue
      if (isVisible(slot.current) && !isVisible(slot.flushed)) this.hide(slot.segment)
      slot.committed = slot.flushed
      slot.live = slot.flushed = null
      this.dropIfEmpty(slot)
    }
    this.changed = []
  }

  abort(): void {
    for (const slot of this.changed) {
      slot.listed = false
      slot.flushed = null
      this.setLive(slot, null)
      this.dropIfEmpty(slot)
    }
    this.changed = []
  }

  undo(first: unknown, second: unknown): void {
    const slot = first as Slot
    this.setLive(slot, second as Cell | null)
    this.dropIfEmpty(slot)
  }

  protected write(slot: Slot, cell: Cell): void {
    if (this.encodesEagerly && cell.form !== 'deleted') this.valueSerde.encode(cell.value)
    this.undoLog.note(this, slot, slot.live, null)
    this.setLive(slot, cell)
    if (slot.listed) return
    slot.listed = true
    this.changed.push(slot)
  }

  /** Puts a row that is in the changelog already. */
  protected restoreCell(slot: Slot, cell: Cell): void {
    const before = isVisible(slot.current)
    slot.committed = cell
    this.showChange(slot, before)
    this.dropIfEmpty(slot)
  }

  /** The row as a reader may have it: an object is decoded anew each time, so that no two readers share it. */
  protected rowOf(slot: Slot): Row | undefined {
    const cell = slot.current
    if (cell === null || cell.form === 'deleted') return undefined
    return cell.form === 'plain' ? cell : this.decode(slot, cell)
  }

  private decode(slot: Slot, { key, value, time }: Cell): Row {
    const bytes = typeof value === 'string' ? Buffer.from(value) : bufferOf(value as Uint8Array)
    const row = new Cell(key, this.valueSerde.decode(bytes, 0, bytes.length), time, 'plain')
    if (typeof row.value !== 'object') slot.committed = row
    return row
  }

  private setLive(slot: Slot, cell: Cell | null): void {
    const before = isVisible(slot.current)
    slot.live = cell
    this.showChange(slot, before)
  }

  private showChange(slot: Slot, before: boolean): void {
    const after = isVisible(slot.current)
    if (before === after) return
    if (before) this.hide(slot.segment)
    else this.show(slot.segment)
  }

  private show(segment: Segment): void {
    this.visibleRows++
    if (segment.visible++ === 0) this.segmentShown(segment)
  }

  private hide(segment: Segment): void {
    this.visibleRows--
    if (--segment.visible === 0) this.segmentHidden(segment)
  }

  private dropIfEmpty(slot: Slot): void {
    const { live, committed, segment } = slot
    if (live !== null || (committed !== null && (this.keepsDeleted || committed.form !== 'deleted'))) return
    // A slot that was taken back may have been replaced since by one for the same key.
    if (segment.slots.get(slot.token) === slot) segment.slots.delete(slot.token)
    this.dropped(slot)
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
