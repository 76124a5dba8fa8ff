/** Windows of so many records under `key | number | opened`, listed by when they opened. */
import { prefixEnd, RowKeyReader, RowKeyWriter } from '../../state/row-key.ts'
import type { OrderedStore } from '../../state/store.ts'
import type { Counted } from '../../topology/nodes/windows.ts'
import type { KeyBytes } from '../key-bytes.ts'
import { behind, timeOfIndex } from '../time-index.ts'
import type { WindowRow, WindowRows } from './window-rows.ts'

/** An open window: the number that orders those of a key, the time of its first record, what is in it. */
export interface CountRow {
  readonly number: number
  readonly opened: number
  readonly counted: Counted
  readonly time: number
}

interface ListedRow extends WindowRow {
  readonly rowKey: Buffer
}

export class CountRows implements WindowRows {
  private readonly store: OrderedStore
  private readonly keys: KeyBytes
  /** How long a window stays open; +Infinity: until it is full. */
  private readonly timeout: number
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore, keys: KeyBytes, timeout: number | null) {
    this.store = store
    this.keys = keys
    this.timeout = timeout ?? Number.POSITIVE_INFINITY
  }

  /** When the first window runs out of time. */
  get firstEnd(): number {
    return timeOfIndex(this.store.firstIndex) + this.timeout
  }

  /** Windows that run out of time in (after, until]. */
  *ended(after: number, until: number): Iterable<ListedRow> {
    const to = until === Number.POSITIVE_INFINITY ? null : behind(until - this.timeout)
    for (const { key: rowKey, value, time } of this.store.scanIndex(behind(after - this.timeout), to)) {
      const { start, end, sum } = value as Counted
      const key = this.keys.decode(new RowKeyReader(rowKey).bytes())
      yield { start, end, row: { key, value: sum, time }, rowKey }
    }
  }

  /** The open windows of a key, oldest first. */
  of(key: unknown): CountRow[] {
    const prefix = this.writer.bytes(this.keys.encode(key)).finish()
    return Array.from(this.store.scan(prefix, prefixEnd(prefix)), ({ key: rowKey, value, time }) => {
      const reader = new RowKeyReader(rowKey)
      reader.bytes()
      return { number: reader.time(), opened: reader.time(), counted: value as Counted, time }
    })
  }

  get(): undefined {
    return undefined
  }

  put(key: unknown, { number, opened, counted, time }: CountRow): void {
    this.store.put(this.rowKey(key, number, opened), counted, time)
  }

  remove(key: unknown, { number, opened }: CountRow): void {
    this.store.delete(this.rowKey(key, number, opened))
  }

  delete(row: WindowRow): void {
    this.store.delete((row as ListedRow).rowKey)
  }

  private rowKey(key: unknown, number: number, opened: number): Buffer {
    return this.writer.bytes(this.keys.encode(key)).time(number).time(opened).finish()
  }
}
