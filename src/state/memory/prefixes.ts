import type { RowBytes } from '../rows.ts'

/** The distinct first bytes of rows that come in order. */
export function* prefixesOf(rows: Iterable<RowBytes>, length: number): Generator<Buffer> {
  let last: Buffer | null = null
  for (const { key } of rows) {
    const prefix = key.subarray(0, length)
    if (last !== null && prefix.equals(last)) continue
    last = prefix
    yield prefix
  }
}
