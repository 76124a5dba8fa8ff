/** Sliding windows under `key | start`, listed by start and key: all are of one length. */
import { RowKeyReader, RowKeyWriter } from '../../state/row-key.ts'
import type { OrderedRow, OrderedStore, Row } from '../../state/store.ts'
import type { KeyBytes } from '../key-bytes.ts'
import { behind, timeOfIndex } from '../time-index.ts'
import type { SlidingWindow } from './sliding-windows.ts'
import type { WindowRow, WindowRows } from './window-rows.ts'

export interface SlidingRow extends SlidingWindow {
  readonly row: Row
}

export class SlidingRows implements WindowRows {
  private readonly store: OrderedStore
  private readonly keys: KeyBytes
  private readonly length: number
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore, keys: KeyBytes, length: number) {
    this.store = store
    this.keys = keys
    this.length = length
  }

  get firstEnd(): number {
    return timeOfIndex(this.store.firstIndex) + this.length
  }

  *ended(after: number, until: number): Iterable<WindowRow> {
    if (until < this.length) return
    const to = until === Number.POSITIVE_INFINITY ? null : behind(until - this.length)
    for (const { key: rowKey, value, time } of this.store.scanIndex(behind(after - this.length), to)) {
      const reader = new RowKeyReader(rowKey)
      const key = this.keys.decode(reader.bytes())
      const start = reader.time()
      yield { start, end: start + this.length, row: { key, value, time } }
    }
  }

  /** The key's windows that start in [from, to), ascending. */
  near(key: unknown, from: number, to: number): SlidingRow[] {
    const rows = this.store.scan(this.rowKey(from, key), this.rowKey(to, key))
    return Array.from(rows, (row) => slidingOf(row, key))
  }

  get(start: number, _end: number, key: unknown): Row | undefined {
    const row = this.store.get(this.rowKey(start, key))
    return row === undefined ? undefined : { key, value: row.value, time: row.time }
  }

  put(start: number, key: unknown, sum: unknown, time: number): void {
    this.store.put(this.rowKey(start, key), sum, time)
  }

  delete({ start, row }: WindowRow): void {
    this.store.delete(this.rowKey(start, row.key))
  }

  private rowKey(start: number, key: unknown): Buffer {
    return this.writer.bytes(this.keys.encode(key)).time(start).finish()
  }
}

function slidingOf({ key: rowKey, value, time }: OrderedRow, key: unknown): SlidingRow {
  const reader = new RowKeyReader(rowKey)
  reader.bytes()
  return { start: reader.time(), latest: time, row: { key, value, time } }
}
