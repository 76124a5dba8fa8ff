import type { RowBytes, RowOrder } from '../rows.ts'
import { sortKeys } from '../sort-keys.ts'
import type { Blocks } from './blocks.ts'
import type { HashTable } from './hash-table.ts'

/**
 * The rows of a table with keys in [from, to), sorted now: nobody keeps them in order. Addresses and packed keys are what
 * is sorted: a window of a million keys closes without a million views and the calls that compare them.
 */
export function* sortedRows(
  table: HashTable,
  blocks: Blocks,
  from: Buffer | null,
  to: Buffer | null,
  order: RowOrder,
): Generator<RowBytes> {
  const addresses = addressesIn(table, blocks, from, to)
  const count = addresses.length
  const places = sortKeys(packedKeys(blocks, addresses), count)
  for (let at = 0; at < count; at++) {
    const address = addresses[places[order === 'ascending' ? at : count - 1 - at]!]!
    yield { key: blocks.key(address), bytes: blocks.row(address) }
  }
}

function addressesIn(table: HashTable, blocks: Blocks, from: Buffer | null, to: Buffer | null): Uint32Array {
  const addresses = new Uint32Array(table.size)
  let count = 0
  for (const address of table.all()) {
    if (from !== null && blocks.compareKey(address, from) < 0) continue
    if (to === null || blocks.compareKey(address, to) < 0) addresses[count++] = address
  }
  return addresses.subarray(0, count)
}

/** The keys of blocks, one behind the other. */
function packedKeys(blocks: Blocks, addresses: Uint32Array): Parameters<typeof sortKeys>[0] {
  const starts = new Uint32Array(addresses.length)
  const ends = new Uint32Array(addresses.length)
  let length = 0
  for (let place = 0; place < addresses.length; place++) {
    starts[place] = length
    length += blocks.keyLength(addresses[place]!)
    ends[place] = length
  }
  const bytes = Buffer.allocUnsafeSlow(length)
  for (let place = 0; place < addresses.length; place++) blocks.copyKey(addresses[place]!, bytes, starts[place]!)
  return { bytes, starts, ends }
}
