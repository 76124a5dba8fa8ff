/** What key-value and window stores share: live values of rows in use, in front of the committed rows. */
import type { RecordHeader } from '../record.ts'
import { compareTokens, KeyTokens } from './key-order.ts'
import type { RestoreBatch } from './restore-batch.ts'
import { RowCodec, warm } from './row-codec.ts'
import { isDeletedRow, timeOfRow, valueStartOfRow, versionOfRow } from './row-format.ts'
import type { RowBytes, RowChange, Rows } from './rows.ts'
import { Cell, isSmall, isVisible, type Segment, Slot } from './slot.ts'
import type { ChangelogWrite, Row, Store, StoreSpec } from './store.ts'
import type { UndoLog } from './undo.ts'

/** So many rows are kept at hand between transactions. */
const defaultCachedRows = 32_768

export interface StoreOptions {
  readonly spec: StoreSpec
  readonly rows: Rows
  readonly undo: UndoLog
  /** Rows kept at hand between transactions. */
  readonly cachedRows?: number | undefined
}

export abstract class SlotStore implements Store {
  readonly name: string
  encodesEagerly = false
  maxRowBytes = Number.POSITIVE_INFINITY
  protected readonly tokens: KeyTokens
  protected readonly committed: Rows
  protected readonly codec: RowCodec
  protected readonly segments: Map<number, Segment> = new Map()
  protected readonly spec: StoreSpec
  /** Slots that the open transaction wrote to. */
  protected changed: Slot[] = []
  protected abstract readonly restoring: RestoreBatch
  private readonly undoLog: UndoLog
  private readonly cachedRows: number
  private cached = 0
  /** The slot last found: a fold reads and then writes the same one. */
  private found: Slot | null = null
  private foundKey: unknown = undefined
  private pending: RowChange[] = []
  /** Rows that the open transaction added, less those that it took away. */
  private added = 0

  constructor(name: string, { spec, rows, undo, cachedRows = defaultCachedRows }: StoreOptions) {
    this.name = name
    this.spec = spec
    this.tokens = new KeyTokens(spec.key)
    this.codec = new RowCodec(name, spec.value)
    this.committed = rows
    this.undoLog = undo
    this.cachedRows = cachedRows
  }

  protected abstract rowKey(slot: Slot): Buffer
  /** True when a deleted row is remembered with its time. */
  protected abstract readonly keepsDeleted: boolean
  /** What the index of deletions lists a change under. */
  protected abstract changeOf(slot: Slot, key: Buffer, bytes: Buffer | null): RowChange
  /** `shown` of a segment may be another than it was; `hidden` is, if `hides`. */
  protected abstract segmentChanged(segment: Segment, hides: boolean): void
  /** Rows of a segment were committed. */
  protected abstract segmentCommitted(segment: Segment): void
  /** Between transactions: segments without slots may go. */
  protected abstract dropEmptySegments(): void
  abstract warmings(): Iterable<() => void>
  abstract restore(key: Buffer, value: Buffer | null, time: number, headers?: readonly RecordHeader[]): void

  /** Remembered deletions are listed in the index of the rows. */
  get size(): number {
    return this.committed.size - this.committed.indexSize + this.added
  }

  get position(): number {
    return this.committed.position
  }

  /** @throws reject MR3002 when a value can't be encoded */
  flush(write: ChangelogWrite): void {
    const { codec } = this
    this.pending = []
    for (const slot of this.changed) {
      const { live, committed } = slot
      slot.flushed = live
      if (live === null) continue
      const encoded = live.form === 'deleted' ? null : codec.encode(live.value)
      slot.flushedNull = encoded === null
      if (encoded === null && !this.keepsDeleted && committed === null) continue
      const key = this.rowKey(slot)
      const bytes = encoded === null && !this.keepsDeleted ? null : codec.row(encoded, live.time)
      this.pending.push(this.changeOf(slot, key, bytes))
      write(key, encoded, live.time, codec.headers)
    }
  }

  commit(position: number = this.position): void {
    this.committed.apply(this.pending, position)
    this.pending = []
    this.encodesEagerly = false
    const changed = this.changed
    this.changed = []
    for (const slot of changed) this.settle(slot)
    if (this.cached > this.cachedRows) this.makeRoom(({ used }) => used)
    if (this.cached > this.cachedRows) this.makeRoom(() => false)
    this.dropEmptySegments()
  }

  abort(): void {
    const changed = this.changed
    this.changed = []
    this.pending = []
    for (const slot of changed) {
      slot.listed = false
      slot.flushed = null
      this.setLive(slot, null)
    }
  }

  undo(first: unknown, second: unknown, _third: unknown): void {
    this.setLive(first as Slot, second as Cell | null)
  }

  restored(position: number): void {
    this.restoring.apply(position)
    this.forgetCached()
  }

  clear(): void {
    this.abort()
    this.restoring.drop()
    this.committed.clear()
    this.forgetCached()
  }

  close(): void {
    this.restoring.close()
    this.committed.close()
  }

  protected noteUndo(first: unknown, second: unknown): void {
    this.undoLog.note(this, first, second, null)
  }

  /** Nothing of a row may have to be waited for when it is read. */
  protected warm(key: Buffer, keyAt: number, value: Buffer | null, version: number): void {
    if (this.spec.key.prepare !== undefined) warm(() => this.spec.key.decode(key, keyAt, key.length))
    if (value !== null && this.codec.waits) this.codec.warm(version, value)
  }

  protected *warmAll(keyAt: number): Generator<() => void> {
    if (this.spec.key.prepare === undefined && !this.codec.waits) return
    for (const { key, bytes } of this.committed.scan(null, null)) {
      const value = isDeletedRow(bytes) ? null : bytes.subarray(valueStartOfRow(bytes))
      yield () => this.warm(key, keyAt, value, versionOfRow(bytes))
    }
  }

  protected write(slot: Slot, cell: Cell): void {
    if (this.encodesEagerly && cell.form !== 'deleted') {
      this.codec.check(cell.value, this.rowKey(slot).length, this.maxRowBytes)
    }
    this.noteUndo(slot, slot.live)
    this.setLive(slot, cell)
    if (slot.listed) return
    slot.listed = true
    this.changed.push(slot)
  }

  /** The row of a key as a reader may have it. */
  protected read(segment: Segment, key: unknown): Row | undefined {
    const token = this.tokens.token(key)
    const slot = segment.slots.get(token)
    if (slot === undefined) return this.readNew(segment, token, key)
    this.remember(slot, key)
    return this.rowOf(slot, key)
  }

  /** The slot of a key, to be written or to be asked for its time. */
  protected slotOf(segment: Segment, key: unknown): Slot {
    if (this.found !== null && this.found.segment === segment && this.foundKey === key) return this.found
    const token = this.tokens.token(key)
    const slot = segment.slots.get(token) ?? this.openSlot(segment, token)
    this.remember(slot, key)
    return slot
  }

  /** The slot's row: an object is decoded anew each time, so that no two readers share it. */
  protected rowOf(slot: Slot, key: unknown): Row | undefined {
    const cell = slot.current
    if (cell === null || cell.form === 'deleted') return undefined
    if (cell.form === 'plain') return cell
    const { cell: kept, row } = this.decoded(key, this.committed.get(this.rowKey(slot))!)
    slot.committed = kept
    return row
  }

  /** Rows of a segment in the order of key bytes, the open transaction's in front; `keyAt` is where keys begin in row keys. */
  protected *merged(
    segment: Segment,
    written: readonly Slot[],
    rows: Iterable<RowBytes>,
    keyAt: number,
  ): Generator<Row> {
    let at = 0
    for (const { key, bytes } of rows) {
      const token = this.tokens.tokenOf(key, keyAt)
      while (at < written.length && compareTokens(written[at]!.token, token) < 0) yield* this.current(written[at++]!)
      const slot = segment.slots.get(token)
      if (written[at] !== undefined && written[at] === slot) at++
      if (slot !== undefined && slot.live !== null) yield* this.current(slot)
      else if (!isDeletedRow(bytes)) yield this.decoded(this.spec.key.decode(key, keyAt, key.length), bytes).row!
    }
    while (at < written.length) yield* this.current(written[at++]!)
  }

  /** Forgets what is at hand of committed rows. */
  protected forgetCached(): void {
    this.makeRoom(() => false)
  }

  private *current(slot: Slot): Generator<Row> {
    const row = this.rowOf(slot, slot.current?.key)
    if (row !== undefined) yield row
  }

  private readNew(segment: Segment, token: string, key: unknown): Row | undefined {
    const slot = new Slot(token, segment)
    const bytes = this.committed.get(this.rowKey(slot))
    const decoded = bytes === undefined ? undefined : this.decoded(key, bytes)
    slot.committed = decoded?.cell ?? null
    this.keep(slot)
    this.remember(slot, key)
    return decoded?.row
  }

  /** @throws reject MR3008 for a key that is too long */
  private openSlot(segment: Segment, token: string): Slot {
    const slot = new Slot(token, segment)
    const bytes = this.committed.get(this.rowKey(slot))
    if (bytes !== undefined) {
      slot.committed = new Cell(null, null, timeOfRow(bytes), isDeletedRow(bytes) ? 'deleted' : 'stored')
    }
    this.keep(slot)
    return slot
  }

  /** What is kept at hand of a committed row, and the row for a reader. */
  private decoded(key: unknown, bytes: Buffer): { readonly cell: Cell; readonly row: Cell | undefined } {
    const time = timeOfRow(bytes)
    if (isDeletedRow(bytes)) return { cell: new Cell(key, null, time, 'deleted'), row: undefined }
    const row = new Cell(key, this.codec.value(bytes), time, 'plain')
    return { cell: isSmall(row.value) ? row : new Cell(key, null, time, 'stored'), row }
  }

  private keep(slot: Slot): void {
    if (this.cached >= 2 * this.cachedRows) this.makeRoom(({ used }) => used)
    slot.segment.slots.set(slot.token, slot)
    this.cached++
  }

  private remember(slot: Slot, key: unknown): void {
    slot.used = true
    this.found = slot
    this.foundKey = key
  }

  private setLive(slot: Slot, cell: Cell | null): void {
    const { segment } = slot
    const { hidden } = segment
    this.account(slot, -1)
    slot.live = cell
    this.account(slot, 1)
    this.segmentChanged(segment, hidden !== segment.hidden)
  }

  private account(slot: Slot, sign: 1 | -1): void {
    const { live, committed, segment } = slot
    if (live === null) return
    const shows = live.form !== 'deleted'
    const was = isVisible(committed)
    if (shows) segment.shown += sign
    else if (was) segment.hidden += sign
    if (shows !== was) this.added += shows ? sign : -sign
  }

  /** After the commit: what was flushed is what is committed; what was written since the flush stays to be flushed. */
  private settle(slot: Slot): void {
    const { flushed, segment } = slot
    this.account(slot, -1)
    if (flushed !== null) slot.committed = this.committedForm(flushed, slot.flushedNull)
    if (slot.live === flushed) slot.live = null
    slot.flushed = null
    this.account(slot, 1)
    slot.listed = slot.live !== null
    if (slot.listed) this.changed.push(slot)
    else if (slot.committed === null) this.drop(slot)
    this.segmentChanged(segment, true)
    this.segmentCommitted(segment)
  }

  private committedForm(cell: Cell, isNull: boolean): Cell | null {
    const { key, value, time } = cell
    if (isNull) return this.keepsDeleted ? new Cell(key, null, time, 'deleted') : null
    return isSmall(value) ? cell : new Cell(key, null, time, 'stored')
  }

  private drop(slot: Slot): void {
    const { segment } = slot
    this.found = null
    if (segment.slots.delete(slot.token)) this.cached--
  }

  /** Lets go of slots that no open transaction needs: of those not used since the last time, else of all. */
  private makeRoom(keeps: (slot: Slot) => boolean): void {
    this.found = null
    this.cached = 0
    for (const { slots } of this.segments.values()) {
      for (const slot of slots.values()) {
        if (!slot.listed && !keeps(slot)) slots.delete(slot.token)
        else slot.used = false
      }
      this.cached += slots.size
    }
  }
}
