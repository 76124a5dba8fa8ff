/** Changed rows on their way from a flush to the commit: packed into one buffer, for they are many and short-lived. */
import { RowPacker } from './row-packer.ts'
import type { RowChange } from './rows.ts'
import { sortKeys } from './sort-keys.ts'
import type { Encoded } from './store.ts'

/** A worker may have hundreds of stores. */
const initialRows = 64

export class FlushedRows {
  count = 0
  private readonly packer = new RowPacker()
  /** Where each row's key begins, where it ends and the row begins, and where that ends: at the same place if it is deleted. */
  private starts = new Uint32Array(initialRows)
  private keyEnds = new Uint32Array(initialRows)
  private ends = new Uint32Array(initialRows)
  /** Only of rows that change an index. */
  private readonly indexes = new Map<number, Pick<RowChange, 'index' | 'unindex'>>()

  /** @param encoded null: the row remembers a deletion */
  put(key: Uint8Array, encoded: Encoded | null, time: number, version: number): void {
    this.delete(key)
    this.packer.row(encoded, time, version)
    this.ends[this.count - 1] = this.packer.length
  }

  delete(key: Uint8Array): void {
    if (this.count === this.starts.length) this.extend()
    const at = this.count++
    this.starts[at] = this.packer.length
    this.packer.bytes(key)
    this.keyEnds[at] = this.ends[at] = this.packer.length
  }

  /** What the last row changes in the index. */
  index(change: Pick<RowChange, 'index' | 'unindex'>): void {
    if (change.index !== null || change.unindex !== null) this.indexes.set(this.count - 1, change)
  }

  /**
   * @param inOrder of keys: then rows on disk are written page by page
   * @returns changes whose bytes hold until the next is asked for
   */
  *changes(inOrder: boolean): Generator<RowChange> {
    const { starts, keyEnds, count } = this
    const { packed } = this.packer
    const places = inOrder ? sortKeys({ bytes: packed, starts, ends: keyEnds }, count) : null
    for (let at = 0; at < count; at++) yield this.change(places === null ? at : places[at]!)
  }

  drop(): void {
    this.count = 0
    this.packer.drop()
    if (this.indexes.size > 0) this.indexes.clear()
  }

  private change(at: number): RowChange {
    const { packed } = this.packer
    const keyEnd = this.keyEnds[at]!
    const { index, unindex } = this.indexes.get(at) ?? unlisted
    const bytes = this.ends[at] === keyEnd ? null : packed.subarray(keyEnd, this.ends[at])
    return { key: packed.subarray(this.starts[at], keyEnd), bytes, index, unindex }
  }

  private extend(): void {
    this.starts = twice(this.starts)
    this.keyEnds = twice(this.keyEnds)
    this.ends = twice(this.ends)
  }
}

const unlisted = { index: null, unindex: null } as const

function twice(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(2 * numbers.length)
  longer.set(numbers)
  return longer
}
