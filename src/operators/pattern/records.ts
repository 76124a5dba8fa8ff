/** The records that a pattern keeps: those that wait for time to pass them, and those that matches under way have taken. */
import { prefixEnd, RowKeyReader, RowKeyWriter, readTime } from '../../state/row-key.ts'
import type { OrderedRow, OrderedStore } from '../../state/store.ts'
import type { RecordId } from './run.ts'

/** Last but a time in the row key, so that what waits comes first in the index. */
const states = { waiting: 0, taken: 1 } as const

export interface WaitingRecord {
  readonly keyBytes: Buffer
  readonly id: RecordId
  readonly value: unknown
}

/** Rows `key | sequence | state | time`, indexed by state and time. */
export class PatternRecords {
  private readonly store: OrderedStore
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore) {
    this.store = store
  }

  /** Time of the first record that waits, +Infinity when none does. Cheap: asked for with every record. */
  get firstTime(): number {
    const { firstIndex } = this.store
    return firstIndex === null || firstIndex[0] !== states.waiting ? Number.POSITIVE_INFINITY : readTime(firstIndex, 1)
  }

  /** Behind those of its key and time that wait already. */
  wait(keyBytes: Buffer, value: unknown, time: number): void {
    const id: RecordId = [time, this.nextSequence(keyBytes, time)]
    this.store.put(this.rowKey(keyBytes, id, states.waiting), value, time)
  }

  /** Takes out the first that waits, by (time, key bytes, arrival). */
  shift(): WaitingRecord {
    const row = first(this.store.scanIndex(null, null))!
    this.store.delete(row.key)
    const reader = new RowKeyReader(row.key)
    return { keyBytes: reader.bytes(), id: [row.time, reader.sequence()], value: row.value }
  }

  keep(keyBytes: Buffer, id: RecordId, value: unknown): void {
    this.store.put(this.rowKey(keyBytes, id, states.taken), value, id[0])
  }

  kept(keyBytes: Buffer, id: RecordId): unknown {
    return this.store.get(this.rowKey(keyBytes, id, states.taken))!.value
  }

  drop(keyBytes: Buffer, id: RecordId): void {
    this.store.delete(this.rowKey(keyBytes, id, states.taken))
  }

  private nextSequence(keyBytes: Buffer, time: number): number {
    const prefix = this.writer.byte(states.waiting).time(time).bytes(keyBytes).finish()
    const last = first(this.store.scanIndex(prefix, prefixEnd(prefix), 'descending'))
    if (last === undefined) return 0
    const reader = new RowKeyReader(last.key)
    reader.bytes()
    return reader.sequence() + 1
  }

  private rowKey(keyBytes: Buffer, [time, sequence]: RecordId, state: number): Buffer {
    return this.writer.bytes(keyBytes).sequence(sequence).byte(state).time(time).finish()
  }
}

function first(rows: Iterable<OrderedRow>): OrderedRow | undefined {
  for (const row of rows) return row
  return undefined
}
