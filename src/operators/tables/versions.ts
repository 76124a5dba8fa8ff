/** Versions of rows: which one holds at a time, and which nobody can ask for any more. */
import { prefixEnd, RowKeyReader, RowKeyWriter, timeKey } from '../../state/row-key.ts'
import type { OrderedRow, OrderedStore, Row } from '../../state/store.ts'
import type { KeyBytes } from '../key-bytes.ts'

/** A version holds from its time to that of the next one. Its value is null where there was no row. */
export class Versions {
  private readonly store: OrderedStore
  private readonly keys: KeyBytes
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore, keys: KeyBytes) {
    this.store = store
    this.keys = keys
  }

  /** @returns true for the latest version, false for one that is cut at the next */
  put(key: unknown, value: unknown, time: number): boolean {
    const latest = this.last(key, null)
    this.store.put(this.rowKey(key, time), value, time)
    return latest === undefined || latest.time <= time
  }

  /** The latest version. */
  latest(key: unknown): OrderedRow | undefined {
    return this.last(key, null)
  }

  /** The version that holds at a time. */
  at(key: unknown, time: number): OrderedRow | undefined {
    return this.last(key, time)
  }

  /**
   * Takes away what held only before `time`. Of the versions that began after `from` and up to `time` each is visited
   * once: those before it are over, and one that says there was no row isn't missed.
   */
  purge(from: number, time: number): void {
    const begun = [...this.store.scanIndex(timeKey(Math.max(0, from + 1)), timeKey(time + 1))]
    for (const { key, value } of begun) {
      this.purgeBefore(key)
      if (value === null) this.store.delete(key)
    }
  }

  /** Takes away what a version has followed. */
  purgeBefore(version: Buffer): void {
    const prefix = this.writer.bytes(new RowKeyReader(version).bytes()).finish()
    for (const { key } of [...this.store.scan(prefix, version)]) this.store.delete(key)
  }

  rowKey(key: unknown, time: number): Buffer {
    return this.writer.bytes(this.keys.encode(key)).time(time).finish()
  }

  private last(key: unknown, at: number | null): OrderedRow | undefined {
    const prefix = this.writer.bytes(this.keys.encode(key)).finish()
    const end = at === null ? prefixEnd(prefix) : this.rowKey(key, at + 1)
    for (const row of this.store.scan(prefix, end, 'descending')) return row
    return undefined
  }
}

/** A version as readers of a table see it. */
export function rowOf(key: unknown, version: OrderedRow | undefined): Row | undefined {
  return version === undefined || version.value === null ? undefined : { key, value: version.value, time: version.time }
}
