/** One row of a changelog back into its store. */
import { findNotReady } from '../serde/not-ready.ts'
import type { Serde } from '../serde/serde.ts'
import { isTime } from '../time/timestamps.ts'
import type { TopicDefinition } from '../topology/nodes.ts'
import type { TaskStore } from './task.ts'

/**
 * @returns false for what was no row when it was read first
 * @throws NotReady for a row whose schema is not here yet: reading the store never has to wait
 */
export function restoreRow(
  { spec, store }: TaskStore,
  key: Buffer | null,
  value: Buffer | null,
  timestamp: number,
): boolean {
  if (key === null) return false
  if (spec.node.kind === 'table-source' && wasRefused(spec.node.topic, key, value, timestamp)) return false
  if (spec.node.kind === 'aggregate' && value !== null) warm(spec.node.sumSerde, value)
  store.restore(key, value, timestamp)
  return true
}

/** Values stay bytes until they are read: what that will need is asked for now. */
function warm(serde: Serde<unknown>, value: Buffer): void {
  if (serde.prepare === undefined) return
  try {
    serde.decode(value, 0, value.length)
  } catch (error) {
    if (findNotReady(error) !== undefined) throw error
  }
}

/** A table's own topic also holds what became a dead letter instead of a row. */
function wasRefused(topic: TopicDefinition, key: Buffer, value: Buffer | null, timestamp: number): boolean {
  try {
    topic.key.decode(key, 0, key.length)
    if (value !== null) topic.value.decode(value, 0, value.length)
    return !isTime(timestamp)
  } catch (error) {
    if (findNotReady(error) !== undefined) throw error
    return true
  }
}
