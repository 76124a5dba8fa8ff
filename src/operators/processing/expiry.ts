/**
 * When rows with a time to live go. Each row has one entry, made when it comes and moved on when it turns out to live
 * longer: a row that is written often costs one entry, not one per write.
 */
import { RowKeyReader, RowKeyWriter, readTime, timeKey } from '../../state/row-key.ts'
import type { OrderedStore } from '../../state/store.ts'

/** Rows that may expire: of a value, or of the entries of a map. */
export interface Expiring {
  readonly name: string
  readonly ttl: number
  /** Time of the row's last change; undefined when it is gone. */
  timeOf(key: Buffer, entry: Buffer): number | undefined
  remove(key: Buffer, entry: Buffer, time: number): void
}

const nothing = new Uint8Array(0)

export class Expiry {
  private readonly store: OrderedStore
  private readonly states = new Map<string, Expiring>()
  private readonly writer = new RowKeyWriter()

  constructor(store: OrderedStore) {
    this.store = store
  }

  add(state: Expiring): void {
    this.states.set(state.name, state)
  }

  /** A row has come. */
  expect({ name, ttl }: Expiring, key: Buffer, entry: Buffer, time: number): void {
    const row = this.writer
      .bytes(key)
      .bytes(Buffer.from(name))
      .bytes(entry)
      .time(time + ttl)
    this.store.put(row.finish(), nothing, time)
  }

  /** Takes away what has expired by `now`. */
  purge(now: number): void {
    for (
      let first = this.store.firstIndex;
      first !== null && readTime(first, 0) <= now;
      first = this.store.firstIndex
    ) {
      for (const row of this.store.scanIndex(null, timeKey(readTime(first, 0) + 1))) this.settle(row.key, now)
    }
  }

  private settle(entryKey: Buffer, now: number): void {
    this.store.delete(entryKey)
    const reader = new RowKeyReader(entryKey)
    const key = reader.bytes()
    const state = this.states.get(reader.bytes().toString())
    const entry = reader.bytes()
    // A state that lost its time to live in a new version keeps its rows.
    const time = state?.timeOf(key, entry)
    if (state === undefined || time === undefined) return
    if (time + state.ttl <= now) state.remove(key, entry, now)
    else this.expect(state, key, entry, time)
  }
}
