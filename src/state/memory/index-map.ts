/** The index of rows in memory: row keys by index key. */
import { OrderedMap } from '../ordered-map.ts'
import type { IndexEntry, RowChange, RowOrder } from '../rows.ts'

export class IndexMap {
  private readonly keys = new OrderedMap<Buffer>()

  get size(): number {
    return this.keys.size
  }

  change({ key, index, unindex }: RowChange): void {
    if (unindex !== null) this.keys.delete(latin1(unindex))
    if (index !== null) this.keys.set(latin1(index), Buffer.from(key))
  }

  *scan(from: Buffer | null, to: Buffer | null, order?: RowOrder): Generator<IndexEntry> {
    for (const [index, key] of this.keys.entries(boundOf(from), boundOf(to), order)) {
      yield { index: Buffer.from(index, 'latin1'), key }
    }
  }

  clear(): void {
    this.keys.clear()
  }
}

/** Bytes as the key of an ordered map. */
export function latin1(bytes: Buffer): string {
  return bytes.toString('latin1')
}

export function boundOf(key: Buffer | null): string | null {
  return key === null ? null : latin1(key)
}
