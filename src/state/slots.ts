/** What key-value and window stores share: live values of rows in use, in front of the committed rows. */
import type { RecordHeader } from '../record.ts'
import { FlushedRows } from './flushed-rows.ts'
import { compareTokens, KeyTokens, RowKeyScratch } from './key-order.ts'
import type { RestoreBatch } from './restore-batch.ts'
import { RowCodec, warm } from './row-codec.ts'
import { isDeletedRow, timeOfRow, valueStartOfRow, versionOfRow } from './row-format.ts'
import { RowInHand } from './row-in-hand.ts'
import type { RowBytes, RowChange, Rows } from './rows.ts'
import { Cell, isSmall, isVisible, type Segment, Slot } from './slot.ts'
import { dropSlots, SlotRoom, thinSlots, wasUsed } from './slot-room.ts'
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
  protected readonly scratch = new RowKeyScratch()
  /** Slots that the open transaction wrote to. */
  protected changed: Slot[] = []
  /** Those that the transaction wrote to that was flushed; null while none is on its way. */
  protected flushed: Slot[] | null = null
  protected abstract readonly restoring: RestoreBatch
  private readonly undoLog: UndoLog
  private readonly room: SlotRoom
  /** The slot last found: a fold reads and then writes the same one. */
  private found: Slot | null = null
  private foundKey: unknown = undefined
  private readonly inHand = new RowInHand()
  private readonly pending = new FlushedRows()
  /** Times that `update` has written over, by their place in the undo log: plain numbers, for it must allocate nothing. */
  private readonly formerTimes: number[] = []
  /** Rows that the open transaction added, less those that it took away. */
  private added = 0

  constructor(name: string, { spec, rows, undo, cachedRows = defaultCachedRows }: StoreOptions) {
    this.name = name
    this.spec = spec
    this.tokens = new KeyTokens(spec.key)
    this.codec = new RowCodec(name, spec.value)
    this.committed = rows
    this.undoLog = undo
    this.room = new SlotRoom(cachedRows)
  }

  protected abstract rowKey(slot: Slot): Buffer
  /** True when a deleted row is remembered with its time. */
  protected abstract readonly keepsDeleted: boolean
  /** What the index of deletions lists a change under. */
  protected abstract indexOf(slot: Slot, key: Buffer): Pick<RowChange, 'index' | 'unindex'>
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
    if (this.flushed !== null) throw new Error(`The store ${this.name} is flushed again before its commit`)
    const { changed } = this
    this.flushed = changed
    this.changed = []
    for (const slot of changed) slot.listed = false
    for (const slot of changed) if (slot.live !== null) this.flushSlot(slot, slot.live, write)
  }

  commit(position: number = this.position): void {
    const { flushed, pending } = this
    this.committed.apply(pending.changes(this.committed.batchRows > 1), position)
    this.inHand.forget()
    pending.drop()
    this.encodesEagerly = false
    this.flushed = null
    if (flushed !== null) this.settleAll(flushed)
    if (this.room.isOverdrawn && !this.room.isNew) this.makeRoom(wasUsed)
    if (this.room.isOverdrawn) this.makeRoom(null)
    this.room.settle()
    this.dropEmptySegments()
  }

  abort(): void {
    const slots = [...(this.flushed ?? []), ...this.changed]
    this.flushed = null
    this.changed = []
    this.pending.drop()
    for (const slot of slots) {
      slot.listed = false
      slot.flushed = null
      this.setLive(slot, null)
    }
  }

  undo(first: unknown, second: unknown, third: unknown): void {
    if (third === null) this.setLive(first as Slot, second as Cell | null)
    else {
      const cell = (first as Slot).live!
      cell.value = second
      cell.time = this.formerTimes[third as number]!
    }
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

  /**
   * As `write`, but in the cell that the open transaction has made for the row, where it has: that is what most records
   * of a fold do, so it looks nothing up and allocates nothing. What was flushed stays as it is.
   */
  protected overwrite(slot: Slot, key: unknown, value: unknown, time: number): void {
    const { live } = slot
    if (live === null || live === slot.flushed || live.form !== 'plain' || this.encodesEagerly) {
      this.write(slot, new Cell(key, value, time, 'plain'))
      return
    }
    const at = this.undoLog.position
    this.formerTimes[at] = live.time
    this.undoLog.note(this, slot, live.value, at)
    live.value = value
    live.time = time
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
    const slot = this.known(segment, key)
    return slot === undefined ? this.readNew(segment, key) : this.rowOf(slot, key)
  }

  /** The slot of a key, to be written or to be asked for its time. */
  protected slotOf(segment: Segment, key: unknown): Slot {
    return this.known(segment, key) ?? this.openSlot(segment, key)
  }

  /** The slot of a key whose row is at hand. */
  private known(segment: Segment, key: unknown): Slot | undefined {
    const { found } = this
    if (found !== null && this.foundKey === key && found.segment === segment && typeof key === 'string') return found
    // A text that can't be written has no slot: it is refused when one is made.
    const slot = segment.slots.get(this.tokens.areKeys && typeof key === 'string' ? key : this.tokens.token(key))
    if (slot !== undefined) this.remember(slot, key)
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
    const { areKeys } = this.tokens
    let at = 0
    for (const { key, bytes } of rows) {
      const token = this.tokens.tokenOf(key, keyAt)
      while (at < written.length && compareTokens(written[at]!.token, token) < 0) yield* this.current(written[at++]!)
      const slot = segment.slots.get(token)
      if (written[at] !== undefined && written[at] === slot) at++
      if (slot !== undefined && slot.live !== null) yield* this.current(slot)
      else if (!isDeletedRow(bytes)) {
        const time = timeOfRow(bytes)
        if (slot === undefined) this.inHand.note(segment, token, time)
        const rowKey = areKeys ? token : this.spec.key.decode(key, keyAt, key.length)
        yield new Cell(rowKey, this.codec.value(bytes), time, 'plain')
      }
    }
    while (at < written.length) yield* this.current(written[at++]!)
  }

  /** Whatever reads see before what is committed. */
  protected writtenSlots(): Slot[] {
    return this.flushed === null ? this.changed : [...this.flushed.filter(({ listed }) => !listed), ...this.changed]
  }

  /** Forgets what is at hand of committed rows: they may be others now. */
  protected forgetCached(): void {
    this.makeRoom(null)
    this.inHand.forget()
    for (const segment of this.segments.values()) segment.isWhole = false
  }

  private *current(slot: Slot): Generator<Row> {
    const row = this.rowOf(slot, slot.current?.key)
    if (row !== undefined) yield row
  }

  private readNew(segment: Segment, key: unknown): Row | undefined {
    const slot = new Slot(this.tokens.token(key), segment)
    const bytes = this.committedRow(slot)
    const decoded = bytes === undefined ? undefined : this.decoded(key, bytes)
    slot.committed = decoded?.cell ?? null
    this.keep(slot)
    this.remember(slot, key)
    return decoded?.row
  }

  private openSlot(segment: Segment, key: unknown): Slot {
    const slot = new Slot(this.tokens.token(key), segment)
    if (this.inHand.is(slot)) slot.committed = new Cell(null, null, this.inHand.time, 'stored')
    else {
      const bytes = this.committedRow(slot)
      const form = bytes !== undefined && isDeletedRow(bytes) ? 'deleted' : 'stored'
      if (bytes !== undefined) slot.committed = new Cell(null, null, timeOfRow(bytes), form)
    }
    this.keep(slot)
    this.remember(slot, key)
    return slot
  }

  /** @throws reject MR3008 for a key that is too long */
  private committedRow(slot: Slot): Buffer | undefined {
    const key = this.rowKey(slot)
    return slot.segment.isWhole ? undefined : this.committed.get(key)
  }

  /** What is kept at hand of a committed row, and the row for a reader. */
  private decoded(key: unknown, bytes: Buffer): { readonly cell: Cell; readonly row: Cell | undefined } {
    const time = timeOfRow(bytes)
    if (isDeletedRow(bytes)) return { cell: new Cell(key, null, time, 'deleted'), row: undefined }
    const row = new Cell(key, this.codec.value(bytes), time, 'plain')
    return { cell: isSmall(row.value) ? row : new Cell(key, null, time, 'stored'), row }
  }

  private keep(slot: Slot): void {
    if (this.room.isFull) this.makeRoom(wasUsed)
    slot.segment.slots.set(slot.token, slot)
    this.room.take()
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

  private flushSlot(slot: Slot, live: Cell, write: ChangelogWrite): void {
    const { codec, pending } = this
    slot.flushed = live
    const encoded = live.form === 'deleted' ? null : codec.encode(live.value)
    slot.flushedNull = encoded === null
    if (encoded === null && !this.keepsDeleted && slot.committed === null) return
    const key = this.rowKey(slot)
    if (encoded === null && !this.keepsDeleted) pending.delete(key)
    else pending.put(key, encoded, live.time, codec.versionOf(encoded))
    if (this.keepsDeleted) pending.index(this.indexOf(slot, key))
    write(key, encoded, live.time, codec.headers)
  }

  /** After the commit: what was flushed is what is committed; what was written since stays to be flushed. */
  private settleAll(slots: readonly Slot[]): void {
    let last: Segment | null = null
    for (const slot of slots) {
      if (last !== null && slot.segment !== last) this.settled(last)
      last = slot.segment
      this.settle(slot)
    }
    if (last !== null) this.settled(last)
  }

  private settled(segment: Segment): void {
    this.segmentChanged(segment, true)
    this.segmentCommitted(segment)
  }

  private settle(slot: Slot): void {
    const { flushed } = slot
    this.account(slot, -1)
    if (flushed !== null) slot.committed = this.committedForm(flushed, slot.flushedNull)
    if (slot.live === flushed) slot.live = null
    slot.flushed = null
    this.account(slot, 1)
    if (!slot.listed && slot.committed === null) this.drop(slot)
  }

  private committedForm(cell: Cell, isNull: boolean): Cell | null {
    const { key, value, time } = cell
    if (isNull) return this.keepsDeleted ? new Cell(key, null, time, 'deleted') : null
    return isSmall(value) ? cell : new Cell(key, null, time, 'stored')
  }

  private drop(slot: Slot): void {
    const { segment } = slot
    this.found = null
    if (segment.slots.delete(slot.token)) this.room.giveBack()
  }

  /** Lets go of slots that no open transaction needs: of those not used since the last time, else of all. */
  private makeRoom(keeps: ((slot: Slot) => boolean) | null): void {
    this.found = null
    let kept = 0
    const isIdle = this.changed.length === 0 && this.flushed === null
    for (const segment of this.segments.values()) {
      if (keeps === null && isIdle) dropSlots(segment)
      else thinSlots(segment, keeps)
      kept += segment.slots.size
    }
    this.room.made(kept)
  }
}
