/** The stores that nodes ask for. */
import { bytes } from '../serde/bytes.ts'
import type { Serde } from '../serde/serde.ts'
import { checkName } from './names.ts'
import type { NodeStore, TopicDefinition } from './nodes.ts'
import { versionSerde } from './tables/serdes.ts'

/** A time at the end of a row key. */
export const timeBytes = 8

const plain = { keepsDeleted: false, deleteRetention: 0, indexTail: 0 }

/** One row per key. `retention`: for how long (milliseconds of event time) deletions are remembered. */
export function keyValueStore(
  name: string,
  key: Serde<unknown>,
  value: Serde<unknown>,
  retention: number | null = null,
): NodeStore {
  const deletions = { keepsDeleted: retention !== null, deleteRetention: retention ?? 0 }
  return Object.freeze({ ...plain, ...deletions, name: checkName('store', name), kind: 'key-value', key, value })
}

/**
 * The rows of a table, or their versions: rows under the key and the time from which one holds; that there was none is a
 * version too. Also a table with a topic of its own has a changelog: compaction may keep an update there that came last
 * and is older than the row, and what a later step rejected.
 */
export function tableStore(
  name: string,
  { key, value }: Pick<TopicDefinition, 'key' | 'value'>,
  { history, deleteRetention }: { readonly history: number | null; readonly deleteRetention: number | null },
): NodeStore {
  if (history === null) return keyValueStore(name, key, value, deleteRetention)
  return Object.freeze({ ...orderedStore(name, versionSerde(value), timeBytes), key })
}

/** Rows under a number, then a key. */
export function windowStore(name: string, key: Serde<unknown>, value: Serde<unknown>): NodeStore {
  return Object.freeze({ ...plain, name: checkName('store', name), kind: 'window', key, value })
}

/** Rows under bytes; also sorted by the last `indexTail` bytes of them. */
export function orderedStore(name: string, value: Serde<unknown>, indexTail: number): NodeStore {
  return Object.freeze({ ...plain, name: checkName('store', name), kind: 'ordered', key: bytes, value, indexTail })
}
