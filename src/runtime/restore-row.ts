/** One row of a changelog back into its store. */
import type { RecordHeader } from '../record.ts'
import { findNotReady } from '../serde/not-ready.ts'
import { maxRowKeyBytes } from '../state/row-key.ts'
import { isTime } from '../time/timestamps.ts'
import type { NodeStore } from '../topology/nodes.ts'
import type { TaskStore } from './task.ts'

/**
 * @returns false for what was no row when it was read first
 * @throws NotReady for a row whose schema is not here yet: reading the store never has to wait
 */
export function restoreRow(
  { spec, store, fromSource }: TaskStore,
  key: Buffer | null,
  value: Buffer | null,
  timestamp: number,
  headers?: readonly RecordHeader[],
): boolean {
  if (key === null) return false
  if (fromSource && wasRefused(spec.store, key, value, timestamp)) return false
  // What a user's topic says in its headers is not ours to believe.
  store.restore(key, value, timestamp, fromSource ? undefined : headers)
  return true
}

/** A table's own topic also holds what became a dead letter instead of a row. */
function wasRefused(serdes: NodeStore, key: Buffer, value: Buffer | null, timestamp: number): boolean {
  try {
    serdes.key.decode(key, 0, key.length)
    if (value !== null) serdes.value.decode(value, 0, value.length)
    return !isTime(timestamp) || key.length > maxRowKeyBytes
  } catch (error) {
    if (findNotReady(error) !== undefined) throw error
    return true
  }
}
