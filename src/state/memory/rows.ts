/** Rows in memory in the order of their keys. */
import { OrderedMap } from '../ordered-map.ts'
import type { IndexEntry, RowBytes, RowChange, RowOrder, Rows } from '../rows.ts'
import { Blocks } from './blocks.ts'
import { boundOf, IndexMap, latin1 } from './index-map.ts'

const none = Buffer.alloc(0)

export class MemoryRows implements Rows {
  readonly batchRows = 1
  position = -1
  /** Addresses of blocks, by key: the blocks hold no key of their own. */
  private readonly rows = new OrderedMap<number>()
  private readonly blocks = new Blocks()
  private readonly index = new IndexMap()

  get size(): number {
    return this.rows.size
  }

  get indexSize(): number {
    return this.index.size
  }

  get(key: Buffer): Buffer | undefined {
    const address = this.rows.get(latin1(key))
    return address === undefined ? undefined : this.blocks.row(address)
  }

  *scan(from: Buffer | null, to: Buffer | null, order?: RowOrder): Iterable<RowBytes> {
    for (const [key, address] of this.rows.entries(boundOf(from), boundOf(to), order)) {
      yield { key: Buffer.from(key, 'latin1'), bytes: this.blocks.row(address) }
    }
  }

  scanIndex(from: Buffer | null, to: Buffer | null, order?: RowOrder): Iterable<IndexEntry> {
    return this.index.scan(from, to, order)
  }

  *prefixes(length: number, from: Buffer | null): Iterable<Buffer> {
    let next = boundOf(from)
    for (;;) {
      const found = this.rows.entries(next, null).next()
      if (found.done) return
      const prefix = found.value[0].slice(0, length)
      yield Buffer.from(prefix, 'latin1')
      // Above every text of Latin-1 units that begins with the prefix.
      next = `${prefix}\u0100`
    }
  }

  apply(changes: Iterable<RowChange>, position: number): void {
    for (const change of changes) {
      this.change(latin1(change.key), change.bytes)
      this.index.change(change)
    }
    this.position = position
  }

  clear(): void {
    this.rows.clear()
    this.blocks.clear()
    this.index.clear()
    this.position = -1
  }

  close(): void {
    this.clear()
  }

  private change(key: string, row: Buffer | null): void {
    const address = this.rows.get(key)
    if (row !== null)
      this.rows.set(key, address === undefined ? this.blocks.add(none, row) : this.blocks.replace(address, none, row))
    else if (address !== undefined) {
      this.blocks.remove(address)
      this.rows.delete(key)
    }
  }
}
