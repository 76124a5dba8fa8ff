/** The rows of one side of a stream join: under key, time and arrival, and sorted by time. */

import { prefixEnd, RowKeyReader, RowKeyWriter, timeKey } from '../../state/row-key.ts'
import type { OrderedRow, OrderedStore } from '../../state/store.ts'
import type { StoredValue } from '../../topology/nodes/joins.ts'
import { timeOfIndex } from '../time-index.ts'

export interface JoinRow {
  readonly rowKey: Buffer
  /** The record's key. */
  readonly key: Buffer
  readonly value: unknown
  readonly time: number
  readonly spoken: boolean
}

export class JoinRows {
  private readonly store: OrderedStore
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore) {
    this.store = store
  }

  /** The smallest time of any row, +Infinity when there is none. Cheap: asked for with every record. */
  get firstTime(): number {
    return timeOfIndex(this.store.firstIndex)
  }

  /** Behind those of its key and time. */
  add(key: Buffer, value: unknown, time: number, spoken: boolean): void {
    this.store.put(this.freeKey(key, time), { spoken, value } satisfies StoredValue, time)
  }

  /** Rows of a key with a time in [from, to], ascending, those of one time as they came. */
  between(key: Buffer, from: number, to: number): JoinRow[] {
    const first = this.writer.bytes(key).time(Math.max(0, from)).finish()
    const last = this.writer.bytes(key).time(to).finish()
    return Array.from(this.store.scan(first, prefixEnd(last)), rowOf)
  }

  /** All rows of a time, by the bytes of their keys, then as they came. */
  at(time: number): JoinRow[] {
    const rows = Array.from(this.store.scanIndex(timeKey(time), timeKey(time + 1)), rowOf)
    return rows.sort((one, other) => Buffer.compare(one.rowKey, other.rowKey))
  }

  /** No row without a partner comes out for it any more. */
  speak({ rowKey, value, time }: JoinRow): void {
    this.store.put(rowKey, { spoken: true, value } satisfies StoredValue, time)
  }

  delete({ rowKey }: JoinRow): void {
    this.store.delete(rowKey)
  }

  private freeKey(key: Buffer, time: number): Buffer {
    const first = this.writer.bytes(key).time(time).sequence(0).finish()
    if (this.store.get(first) === undefined) return first
    const prefix = this.writer.bytes(key).time(time).finish()
    for (const last of this.store.scan(prefix, prefixEnd(prefix), 'descending')) {
      const taken = last.key.readUInt32BE(prefix.length)
      return this.writer
        .rest(prefix)
        .sequence(taken + 1)
        .finish()
    }
    return first
  }
}

function rowOf({ key: rowKey, value, time }: OrderedRow): JoinRow {
  const stored = value as StoredValue
  return { rowKey, key: new RowKeyReader(rowKey).bytes(), value: stored.value, time, spoken: stored.spoken }
}
