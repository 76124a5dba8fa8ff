/** Rows in memory whose keys begin with a time (8 bytes): a table for each time, which goes as a whole when it is empty. */
import { readTime, timeKey } from '../row-key.ts'
import type { IndexEntry, RowBytes, RowChange, RowOrder, Rows } from '../rows.ts'
import { Blocks } from './blocks.ts'
import { HashTable } from './hash-table.ts'
import { prefixesOf } from './prefixes.ts'
import { sortedRows } from './sorted.ts'

const timeBytes = 8

export class TimeRows implements Rows {
  readonly batchRows = 1
  /** Rows that begin with a time have no index. */
  readonly indexSize = 0
  position = -1
  size = 0
  private readonly blocks = new Blocks()
  private readonly tables = new Map<number, HashTable>()
  /** The times of `tables`, ascending; null = to be sorted anew. */
  private times: number[] | null = []
  private recentTime = -1
  private recent: HashTable | undefined = undefined

  get(key: Buffer): Buffer | undefined {
    const table = this.tableAt(readTime(key, 0))
    const address = table?.find(key) ?? 0
    return address === 0 ? undefined : this.blocks.row(address)
  }

  *scan(from: Buffer | null, to: Buffer | null, order: RowOrder = 'ascending'): Iterable<RowBytes> {
    const first = from === null ? 0 : timeOf(from)
    const last = to === null ? Number.POSITIVE_INFINITY : timeOf(to)
    const times = this.sortedTimes().filter((time) => time >= first && time <= last)
    if (order === 'descending') times.reverse()
    for (const time of times) {
      // Most walks are over whole tables: then no key is compared with a bound.
      const low = time === first && from !== null && from.length > timeBytes ? from : null
      const high = time === last ? to : null
      yield* sortedRows(this.tables.get(time)!, this.blocks, low, high, order)
    }
  }

  scanIndex(): Iterable<IndexEntry> {
    return []
  }

  *prefixes(length: number, from: Buffer | null): Iterable<Buffer> {
    if (length !== timeBytes) return yield* prefixesOf(this.scan(from, null), length)
    const first = from === null ? 0 : timeOf(from)
    for (const time of this.sortedTimes()) if (time >= first) yield timeKey(time)
  }

  apply(changes: Iterable<RowChange>, position: number): void {
    for (const { key, bytes } of changes) {
      const time = readTime(key, 0)
      if (bytes === null) this.delete(time, key)
      else this.set(time, key, bytes)
    }
    this.position = position
  }

  clear(): void {
    this.tables.clear()
    this.blocks.clear()
    this.times = []
    this.recentTime = -1
    this.recent = undefined
    this.size = 0
    this.position = -1
  }

  close(): void {
    this.clear()
  }

  private set(time: number, key: Buffer, row: Buffer): void {
    const table = this.tableAt(time) ?? this.open(time)
    const before = table.size
    table.set(key, row)
    this.size += table.size - before
  }

  private delete(time: number, key: Buffer): void {
    const table = this.tableAt(time)
    if (table === undefined) return
    const before = table.size
    table.delete(key)
    this.size += table.size - before
    if (table.size > 0) return
    this.tables.delete(time)
    this.times = null
    this.recentTime = -1
  }

  private tableAt(time: number): HashTable | undefined {
    if (time === this.recentTime) return this.recent
    const table = this.tables.get(time)
    if (table === undefined) return undefined
    this.recentTime = time
    this.recent = table
    return table
  }

  private open(time: number): HashTable {
    const table = new HashTable(this.blocks)
    this.tables.set(time, table)
    this.times = null
    return table
  }

  private sortedTimes(): readonly number[] {
    this.times ??= [...this.tables.keys()].sort((one, other) => one - other)
    return this.times
  }
}

/** Of a bound, which may be shorter than a time. */
function timeOf(bound: Buffer): number {
  if (bound.length >= timeBytes) return readTime(bound, 0)
  const time = Buffer.alloc(timeBytes)
  bound.copy(time)
  return readTime(time, 0)
}
