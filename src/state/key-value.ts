/** A table: one row per key. */
import type { RecordHeader } from '../record.ts'
import { compareTokens } from './key-order.ts'
import { RestoreBatch } from './restore-batch.ts'
import { encodeRow, isDeletedRow, timeOfRow, versionOfHeaders } from './row-format.ts'
import { checkRowKey } from './row-key.ts'
import type { RowChange } from './rows.ts'
import { Cell, isVisible, Segment, type Slot } from './slot.ts'
import { SlotStore, type StoreOptions } from './slots.ts'
import type { ChangelogWrite, KeyValueStore, Row } from './store.ts'

const timeBytes = 8

export class CellKeyValueStore extends SlotStore implements KeyValueStore {
  readonly kind = 'key-value'
  /** An update older than a deletion must not bring the row back. */
  protected readonly keepsDeleted: boolean
  protected readonly restoring: RestoreBatch
  private readonly all = new Segment(0)
  /** The newest time in the store: what `deleteRetention` counts from. Not followed where that never ends. */
  private newest = -1
  private newestFlushed = -1
  private newestCommitted = -1
  private readonly forgets: boolean

  constructor(name: string, options: StoreOptions) {
    super(name, options)
    this.keepsDeleted = options.spec.keepsDeleted
    this.forgets = Number.isFinite(options.spec.deleteRetention)
    this.restoring = new RestoreBatch(options.rows, { remembers: this.keepsDeleted })
    this.segments.set(0, this.all)
    this.all.isWhole = options.rows.size === 0
  }

  get(key: unknown): Row | undefined {
    return this.read(this.all, key)
  }

  timeOf(key: unknown): number {
    const cell = this.slotOf(this.all, key).current
    if (cell === null) return -1
    return cell.form === 'deleted' && this.isForgotten(cell.time) ? -1 : cell.time
  }

  put(key: unknown, value: unknown, time: number): void {
    this.write(this.slotOf(this.all, key), new Cell(key, value, time, 'plain'))
    this.noteTime(time)
  }

  update(key: unknown, value: unknown, time: number): void {
    this.overwrite(this.slotOf(this.all, key), key, value, time)
    this.noteTime(time)
  }

  delete(key: unknown, time: number): void {
    const slot = this.slotOf(this.all, key)
    if (!this.keepsDeleted && !isVisible(slot.current)) return
    this.write(slot, new Cell(key, null, time, 'deleted'))
    this.noteTime(time)
  }

  rows(): Iterable<Row> {
    return this.range()
  }

  *range(from?: unknown, to?: unknown): Iterable<Row> {
    const low = from === undefined || from === null ? null : this.tokens.token(from)
    const high = to === undefined || to === null ? null : this.tokens.token(to)
    const isWritten = ({ token, live }: Slot): boolean => {
      if (!isVisible(live)) return false
      return (low === null || compareTokens(token, low) >= 0) && (high === null || compareTokens(token, high) < 0)
    }
    const written = this.writtenSlots().filter(isWritten)
    written.sort((one, other) => compareTokens(one.token, other.token))
    const rows = this.committed.scan(this.bound(low), this.bound(high))
    yield* this.merged(this.all, written, rows, 0)
  }

  override flush(write: ChangelogWrite): void {
    super.flush(write)
    this.newestFlushed = this.newest
  }

  override commit(position?: number): void {
    if (this.flushed !== null) this.newestCommitted = this.newestFlushed
    super.commit(position)
    this.forgetDeletions()
  }

  override abort(): void {
    super.abort()
    this.newest = this.newestCommitted
  }

  override clear(): void {
    super.clear()
    this.newest = this.newestFlushed = this.newestCommitted = -1
  }

  override undo(first: unknown, second: unknown, third: unknown): void {
    if (first === null) this.newest = second as number
    else super.undo(first, second, third)
  }

  /** The last one stays, also an older one: it came when what was newer had been deleted and forgotten. */
  restore(keyBytes: Buffer, value: Buffer | null, time: number, headers?: readonly RecordHeader[]): void {
    if (time > this.newest) this.newest = this.newestFlushed = this.newestCommitted = time
    const version = versionOfHeaders(headers)
    this.warm(keyBytes, 0, value, version)
    if (this.keepsDeleted) this.restoreRemembering(Buffer.from(keyBytes), value, time, version)
    else this.restoring.row(keyBytes, value, time, version)
  }

  warmings(): Iterable<() => void> {
    return this.warmAll(0)
  }

  override restored(position: number): void {
    super.restored(position)
    this.all.isWhole = this.committed.size === 0
    this.forgetDeletions()
  }

  protected rowKey({ token }: Slot): Buffer {
    const key = this.scratch.key(this.tokens.write(token, this.scratch.room(0, token), 0))
    checkRowKey(key)
    return key
  }

  protected indexOf({ committed, flushedNull, live }: Slot, key: Buffer): Pick<RowChange, 'index' | 'unindex'> {
    const wasDeleted = committed !== null && committed.form === 'deleted'
    const index = flushedNull ? deletionKey(key, live!.time) : null
    return { index, unindex: wasDeleted ? deletionKey(key, committed.time) : null }
  }

  protected segmentChanged(): void {}
  protected segmentCommitted(): void {}
  protected dropEmptySegments(): void {}

  private restoreRemembering(key: Buffer, value: Buffer | null, time: number, version: number): void {
    const before = this.restoring.get(key)
    const unindex = before !== undefined && isDeletedRow(before) ? deletionKey(key, timeOfRow(before)) : null
    const index = value === null ? deletionKey(key, time) : null
    this.restoring.add({ key, bytes: encodeRow(value, time, version), index, unindex })
  }

  private bound(token: string | null): Buffer | null {
    return token === null ? null : this.tokens.bytes(token)
  }

  private noteTime(time: number): void {
    if (!this.forgets || time <= this.newest) return
    this.noteUndo(null, this.newest)
    this.newest = time
  }

  private isForgotten(time: number): boolean {
    return time < this.newest - this.spec.deleteRetention
  }

  /** Drops remembered deletions that are too old to matter; the changelog has its own way to forget them. */
  private forgetDeletions(): void {
    const before = this.newestCommitted - this.spec.deleteRetention
    if (!(before > 0) || this.committed.indexSize === 0) return
    const changes: RowChange[] = []
    for (const { index, key } of this.committed.scanIndex(null, doubleKey(before))) {
      changes.push({ key: Buffer.from(key), bytes: null, index: null, unindex: Buffer.from(index) })
    }
    if (changes.length > 0) this.committed.apply(changes, this.position)
  }
}

/** Deletions are listed by their time. */
function deletionKey(key: Buffer, time: number): Buffer {
  return Buffer.concat([doubleKey(time), key])
}

/** Sorts like the number does: it is not negative. */
function doubleKey(time: number): Buffer {
  const bytes = Buffer.allocUnsafe(timeBytes)
  bytes.writeDoubleBE(time)
  return bytes
}
