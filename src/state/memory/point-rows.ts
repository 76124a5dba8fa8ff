/** Rows in memory that are mostly reached by their whole key. Whoever scans them waits for a sort. */
import type { IndexEntry, RowBytes, RowChange, RowOrder, Rows } from '../rows.ts'
import { Blocks } from './blocks.ts'
import { HashTable } from './hash-table.ts'
import { IndexMap } from './index-map.ts'
import { prefixesOf } from './prefixes.ts'
import { sortedRows } from './sorted.ts'

export class PointRows implements Rows {
  readonly batchRows = 1
  position = -1
  private readonly blocks = new Blocks()
  private readonly table = new HashTable(this.blocks)
  private readonly index = new IndexMap()

  get size(): number {
    return this.table.size
  }

  get indexSize(): number {
    return this.index.size
  }

  get(key: Buffer): Buffer | undefined {
    const address = this.table.find(key)
    return address === 0 ? undefined : this.blocks.row(address)
  }

  scan(from: Buffer | null, to: Buffer | null, order: RowOrder = 'ascending'): Iterable<RowBytes> {
    return sortedRows(this.table, this.blocks, from, to, order)
  }

  scanIndex(from: Buffer | null, to: Buffer | null, order?: RowOrder): Iterable<IndexEntry> {
    return this.index.scan(from, to, order)
  }

  prefixes(length: number, from: Buffer | null): Iterable<Buffer> {
    return prefixesOf(this.scan(from, null), length)
  }

  apply(changes: Iterable<RowChange>, position: number): void {
    for (const change of changes) {
      if (change.bytes === null) this.table.delete(change.key)
      else this.table.set(change.key, change.bytes)
      this.index.change(change)
    }
    this.position = position
  }

  clear(): void {
    this.table.clear()
    this.blocks.clear()
    this.index.clear()
    this.position = -1
  }

  close(): void {
    this.clear()
  }
}
