/** The table of q13: it hardly changes, and every bid finds a row in it. */
import type { Side } from './model.ts'

const rows = 10_000

/** A row per key from 0 to 9999. */
export function* sideRows(): Generator<Side, void, undefined> {
  for (let key = 0; key < rows; key++) yield { key, value: `side-${key}` }
}
