/** One row of a changelog back into its store. */
import { isTime } from '../time/timestamps.ts'
import type { TopicDefinition } from '../topology/nodes.ts'
import type { TaskStore } from './task.ts'

/** @returns false for what was no row when it was read first */
export function restoreRow(
  { spec, store }: TaskStore,
  key: Buffer | null,
  value: Buffer | null,
  timestamp: number,
): boolean {
  if (key === null) return false
  if (spec.node.kind === 'table-source' && wasRefused(spec.node.topic, key, value, timestamp)) return false
  store.restore(key, value, timestamp)
  return true
}

/** A table's own topic also holds what became a dead letter instead of a row. */
function wasRefused(topic: TopicDefinition, key: Buffer, value: Buffer | null, timestamp: number): boolean {
  try {
    topic.key.decode(key, 0, key.length)
    if (value !== null) topic.value.decode(value, 0, value.length)
    return !isTime(timestamp)
  } catch {
    return true
  }
}
