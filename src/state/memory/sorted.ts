import type { RowBytes, RowOrder } from '../rows.ts'
import type { Blocks } from './blocks.ts'
import type { HashTable } from './hash-table.ts'

/** The rows of a table with keys in [from, to), sorted now: nobody keeps them in order. */
export function* sortedRows(
  table: HashTable,
  blocks: Blocks,
  from: Buffer | null,
  to: Buffer | null,
  order: RowOrder,
): Generator<RowBytes> {
  const found: { readonly key: Buffer; readonly address: number }[] = []
  for (const address of table.all()) {
    const key = blocks.key(address)
    if (from !== null && Buffer.compare(key, from) < 0) continue
    if (to === null || Buffer.compare(key, to) < 0) found.push({ key, address })
  }
  found.sort((one, other) => Buffer.compare(one.key, other.key))
  if (order === 'descending') found.reverse()
  for (const { key, address } of found) yield { key, bytes: blocks.row(address) }
}
