/** Sessions under `key | end | start`, listed by end, start and key. */
import { prefixEnd, RowKeyReader, RowKeyWriter } from '../../state/row-key.ts'
import type { OrderedRow, OrderedStore, Row } from '../../state/store.ts'
import type { KeyBytes } from '../key-bytes.ts'
import { behind, timeOfIndex } from '../time-index.ts'
import type { WindowRow, WindowRows } from './window-rows.ts'

export class SessionRows implements WindowRows {
  private readonly store: OrderedStore
  private readonly keys: KeyBytes
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore, keys: KeyBytes) {
    this.store = store
    this.keys = keys
  }

  get firstEnd(): number {
    return timeOfIndex(this.store.firstIndex)
  }

  *ended(after: number, until: number): Iterable<WindowRow> {
    if (until < 0) return
    const to = until === Number.POSITIVE_INFINITY ? null : behind(until)
    for (const row of this.store.scanIndex(behind(after), to)) yield this.sessionOf(row)
  }

  /** The key's sessions that share a time with [from, to], by end and start. */
  *touching(key: unknown, from: number, to: number): Iterable<WindowRow> {
    const bytes = this.keys.encode(key)
    const first = this.writer.bytes(bytes).time(Math.max(0, from)).finish()
    const behindKey = prefixEnd(this.writer.bytes(bytes).finish())
    for (const row of this.store.scan(first, behindKey)) {
      const session = this.sessionOf(row, key)
      if (session.start <= to) yield session
    }
  }

  get(start: number, end: number, key: unknown): Row | undefined {
    const row = this.store.get(this.rowKey(start, end, key))
    return row === undefined ? undefined : { key, value: row.value, time: row.time }
  }

  put(start: number, end: number, key: unknown, sum: unknown, time: number): void {
    this.store.put(this.rowKey(start, end, key), sum, time)
  }

  delete({ start, end, row }: WindowRow): void {
    this.store.delete(this.rowKey(start, end, row.key))
  }

  private sessionOf({ key: rowKey, value, time }: OrderedRow, key?: unknown): WindowRow {
    const reader = new RowKeyReader(rowKey)
    const bytes = reader.bytes()
    const end = reader.time()
    return { end, start: reader.time(), row: { key: key ?? this.keys.decode(bytes), value, time } }
  }

  private rowKey(start: number, end: number, key: unknown): Buffer {
    return this.writer.bytes(this.keys.encode(key)).time(end).time(start).finish()
  }
}
