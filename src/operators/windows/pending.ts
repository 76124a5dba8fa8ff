/** Windows that have changed since they last spoke before their end, with the number of changes. */
import { RowKeyReader, RowKeyWriter } from '../../state/row-key.ts'
import type { OrderedStore } from '../../state/store.ts'
import type { KeyBytes } from '../key-bytes.ts'

export interface PendingWindow {
  readonly start: number
  readonly end: number
  readonly key: unknown
}

/** Row keys are `end | start | key`, the order in which windows speak. */
export class Pending {
  private readonly store: OrderedStore
  private readonly keys: KeyBytes
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore, keys: KeyBytes) {
    this.store = store
    this.keys = keys
  }

  get isEmpty(): boolean {
    for (const _ of this.store.scan(null, null)) return false
    return true
  }

  /** @returns how many changes there are now */
  add(start: number, end: number, key: unknown, changes: number): number {
    const rowKey = this.rowKey(start, end, key)
    const sum = this.countOf(rowKey) + changes
    this.store.put(rowKey, sum, end)
    return sum
  }

  /** @returns how many changes there were */
  take(start: number, end: number, key: unknown): number {
    const rowKey = this.rowKey(start, end, key)
    const count = this.countOf(rowKey)
    this.store.delete(rowKey)
    return count
  }

  *all(): Iterable<PendingWindow> {
    for (const { key } of this.store.scan(null, null)) {
      const reader = new RowKeyReader(key)
      const end = reader.time()
      yield { end, start: reader.time(), key: this.keys.decode(reader.rest()) }
    }
  }

  private countOf(rowKey: Buffer): number {
    return (this.store.get(rowKey)?.value as number | undefined) ?? 0
  }

  private rowKey(start: number, end: number, key: unknown): Buffer {
    return this.writer.time(end).time(start).rest(this.keys.encode(key)).finish()
  }
}
