/** Rows under keys that the operator makes, in their order; on request also in the order of an index. */
import type { RecordHeader } from '../record.ts'
import { FirstIndex } from './first-index.ts'
import { type Merged, mergeRows } from './merge.ts'
import { OrderedMap } from './ordered-map.ts'
import { RestoreBatch } from './restore-batch.ts'
import { RowCodec } from './row-codec.ts'
import { encodeRow, timeOfRow, valueStartOfRow, versionOfHeaders, versionOfRow } from './row-format.ts'
import { checkRowKey } from './row-key.ts'
import type { IndexEntry, RowBytes, RowChange, RowOrder, Rows } from './rows.ts'
import type { StoreOptions } from './slots.ts'
import type { ChangelogWrite, OrderedRow, OrderedStore } from './store.ts'
import type { UndoLog } from './undo.ts'

/** What the open transaction wrote to a row, or the one that was flushed; never changed once made. */
interface Written extends OrderedRow {
  readonly deleted: boolean
  /** Counts flushes: which transaction wrote it. */
  readonly transaction: number
  /** True where the transaction before wrote to the row too, and was not committed then. */
  readonly isOver: boolean
}

export class OverlaidOrderedStore implements OrderedStore {
  readonly kind = 'ordered'
  readonly name: string
  encodesEagerly = false
  maxRowBytes = Number.POSITIVE_INFINITY
  private readonly rows: Rows
  private readonly codec: RowCodec
  private readonly undoLog: UndoLog
  private readonly indexTail: number
  private readonly restoring: RestoreBatch
  /** What reads see before the committed rows: of the open transaction, and of the one that was flushed. */
  private readonly written = new OrderedMap<Written>()
  /** What a flush took of `written`, in its order; null while none is on its way. */
  private flushed: Written[] | null = null
  private pending: RowChange[] = []
  private transaction = 0
  private readonly first: FirstIndex

  constructor(name: string, { spec, rows, undo }: StoreOptions) {
    this.name = name
    this.rows = rows
    this.codec = new RowCodec(name, spec.value)
    this.undoLog = undo
    this.indexTail = spec.indexTail
    this.restoring = new RestoreBatch(rows)
    this.first = new FirstIndex(rows, (key) => this.written.has(latin1(key)))
  }

  /** Looks up each row that the open transaction wrote: for metrics and tests. */
  get size(): number {
    let { size } = this.rows
    for (const [, { key, deleted }] of this.written.entries(null, null)) {
      size += Number(!deleted) - Number(this.rows.get(key) !== undefined)
    }
    return size
  }

  get position(): number {
    return this.rows.position
  }

  get firstIndex(): Buffer | null {
    return this.indexTail === 0 ? null : this.first.value
  }

  get(key: Buffer): OrderedRow | undefined {
    const written = this.written.get(latin1(key))
    if (written !== undefined) return written.deleted ? undefined : written
    const bytes = this.rows.get(key)
    return bytes === undefined ? undefined : this.decode(key, bytes)
  }

  /** @throws reject MR3008 for a key that is too long */
  put(key: Buffer, value: unknown, time: number): void {
    checkRowKey(key)
    if (this.encodesEagerly) this.codec.check(value, key.length, this.maxRowBytes)
    this.write(key, value, time, false)
  }

  delete(key: Buffer): void {
    const token = latin1(key)
    const written = this.written.get(token)
    if (written !== undefined && this.isOwn(written)) {
      this.undoLog.note(this, token, written, null)
      this.forget(token)
      return
    }
    const time = this.timeOf(key)
    if (time !== undefined) this.write(key, null, time, true)
  }

  /**
   * True for a row that the open transaction has made: deleted it leaves nothing. A session that grows with each record
   * would else leave as many traces, and every scan would pass them all.
   */
  private isOwn({ key, deleted, transaction, isOver }: Written): boolean {
    return !deleted && !isOver && transaction === this.transaction && this.rows.get(key) === undefined
  }

  *scan(from: Buffer | null, to: Buffer | null, order: RowOrder = 'ascending'): Iterable<OrderedRow> {
    const rows = order === 'ascending' ? this.rows.scan(from, to) : this.rows.scan(from, to, order)
    const written = this.written.entries(bound(from), bound(to), order)
    for (const { key, bytes } of mergeRows(rows, rowOf, written, order)) {
      const row = this.current(key, bytes)
      if (row !== undefined) yield row
    }
  }

  *scanIndex(from: Buffer | null, to: Buffer | null, order: RowOrder = 'ascending'): Iterable<OrderedRow> {
    const first = this.first.value
    if (first === null) return
    // Rows that the open transaction has deleted lie before it: whoever takes the first again and again passes them once.
    const start = from === null || first.compare(from) > 0 ? first : from
    const rows = this.rows.scanIndex(start, to, order)
    const written = this.first.written.entries(bound(start), bound(to), order)
    for (const { key: index } of mergeRows(rows, indexOf, written, order)) {
      const row = this.current(this.keyOf(index), null)
      if (row !== undefined) yield row
    }
  }

  /** @throws reject MR3002 when a value can't be encoded */
  flush(write: ChangelogWrite): void {
    if (this.flushed !== null) throw new Error(`The store ${this.name} is flushed again before its commit`)
    const { codec } = this
    const flushed: Written[] = []
    this.flushed = flushed
    this.transaction++
    for (const [, written] of this.written.entries(null, null)) {
      flushed.push(written)
      const { key, value, time, deleted } = written
      const encoded = deleted ? null : codec.encode(value)
      if (encoded === null && this.rows.get(key) === undefined) continue
      this.pending.push(this.change(key, encoded === null ? null : codec.row(encoded, time)))
      write(key, encoded, time, codec.headers)
    }
  }

  commit(position: number = this.position): void {
    this.rows.apply(this.pending, position)
    this.pending = []
    this.encodesEagerly = false
    for (const written of this.flushed ?? []) {
      const token = latin1(written.key)
      // What was written since the flush stays to be flushed.
      if (this.written.get(token) === written) this.forget(token)
    }
    this.flushed = null
    this.first.reset()
  }

  abort(): void {
    this.written.clear()
    this.pending = []
    this.flushed = null
    this.first.reset()
    this.first.written.clear()
  }

  undo(first: unknown, second: unknown): void {
    const token = first as string
    if (second === undefined) {
      this.forget(token)
      this.first.uncovered(this.indexOf(token))
    } else this.set(token, second as Written)
  }

  restore(key: Buffer, value: Buffer | null, time: number, headers?: readonly RecordHeader[]): void {
    const version = versionOfHeaders(headers)
    if (value !== null && this.codec.waits) this.codec.warm(version, value)
    const bytes = value === null ? null : encodeRow(value, time, version)
    this.restoring.add(this.change(Buffer.from(key), bytes))
  }

  *warmings(): Iterable<() => void> {
    if (!this.codec.waits) return
    for (const { bytes } of this.rows.scan(null, null)) {
      yield () => this.codec.warm(versionOfRow(bytes), bytes.subarray(valueStartOfRow(bytes)))
    }
  }

  restored(position: number): void {
    this.restoring.apply(position)
    this.first.reset()
  }

  clear(): void {
    this.abort()
    this.restoring.drop()
    this.rows.clear()
  }

  close(): void {
    this.restoring.close()
    this.rows.close()
  }

  private timeOf(key: Buffer): number | undefined {
    const written = this.written.get(latin1(key))
    if (written !== undefined) return written.deleted ? undefined : written.time
    const bytes = this.rows.get(key)
    return bytes === undefined ? undefined : timeOfRow(bytes)
  }

  private write(key: Buffer, value: unknown, time: number, deleted: boolean): void {
    const token = latin1(key)
    const { transaction } = this
    const before = this.written.get(token)
    const isOver = before !== undefined && (before.isOver || before.transaction !== transaction)
    this.undoLog.note(this, token, before, null)
    this.set(token, { key, value, time, deleted, transaction, isOver })
  }

  private set(token: string, written: Written): void {
    this.written.set(token, written)
    if (this.indexTail === 0) return
    const index = this.indexOf(token)
    if (written.deleted) this.first.deleted(index)
    else this.first.put(index)
  }

  private forget(token: string): void {
    this.written.delete(token)
    if (this.indexTail > 0) this.first.written.delete(this.indexOf(token))
  }

  /** The row of a key as it is now, while a scan passes it. */
  private current(token: string, committed: Buffer | null): OrderedRow | undefined {
    const written = this.written.size === 0 ? undefined : this.written.get(token)
    if (written !== undefined) return written.deleted ? undefined : written
    const key = Buffer.from(token, 'latin1')
    const bytes = committed ?? this.rows.get(key)
    return bytes === undefined ? undefined : this.decode(key, bytes)
  }

  private decode(key: Buffer, bytes: Buffer): OrderedRow {
    return { key, value: this.codec.value(bytes), time: timeOfRow(bytes) }
  }

  private change(key: Buffer, bytes: Buffer | null): RowChange {
    if (this.indexTail === 0) return { key, bytes, index: null, unindex: null }
    const index = Buffer.from(this.indexOf(latin1(key)), 'latin1')
    return bytes === null ? { key, bytes, index: null, unindex: index } : { key, bytes, index, unindex: null }
  }

  private indexOf(token: string): string {
    const at = Math.max(0, token.length - this.indexTail)
    return token.slice(at) + token.slice(0, at)
  }

  private keyOf(index: string): string {
    return index.slice(this.indexTail) + index.slice(0, this.indexTail)
  }
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1')
}

function bound(key: Buffer | null): string | null {
  return key === null ? null : latin1(key)
}

function rowOf({ key, bytes }: RowBytes): Merged {
  return { key: latin1(key), bytes }
}

function indexOf({ index }: IndexEntry): Merged {
  return { key: latin1(index), bytes: null }
}
