/** Says to which right row each left row belongs (`semantics.md` 3.6). */
import type { ForeignKeyLeftNode, ForeignKeyRequest } from '../../topology/nodes/joins.ts'
import { KeyBytes } from '../key-bytes.ts'
import { nullKey } from '../null-key.ts'
import { type Build, enter, type Site, stateless } from '../site.ts'
import { keyValueStore, orderedStore } from '../stores.ts'
import { requestsFor } from './foreign-key-requests.ts'
import { noEdition, Subscribers } from './subscribers.ts'

export const foreignKeyLeft: Build<ForeignKeyLeftNode> = (site) => {
  const { node, environment, forward } = site
  const what = `the foreign-key join ${node.results}`
  const keys = new KeyBytes(node.keySerde, what)
  const foreignKeys = new KeyBytes(node.foreignKeySerde, what)
  const subscribers = new Subscribers(orderedStore(environment, node.stores[0].name))
  const results = keyValueStore(environment, node.results)
  const named = foreignKeyOf(site, foreignKeys, what)
  return stateless((key, value, time) => {
    const bytes = keys.encode(key)
    const before = subscribers.get(bytes)?.foreignKey
    const after = value === null ? undefined : named(key, value, time)
    const requests = requestsFor(node, { before, after, isOut: results.get(key) !== undefined })
    const edition = after === undefined ? noEdition : subscribers.put(bytes, after, time)
    if (after === undefined) subscribers.delete(bytes)
    for (const { foreignKey, instruction } of requests) {
      const request: ForeignKeyRequest = { instruction, edition, primaryKey: key }
      forward(foreignKey === null ? null : foreignKeys.decode(Buffer.from(foreignKey)), request, time, null)
    }
  })
}

/**
 * Null where a left join's row names none; an inner join rejects it (`semantics.md` 3.8), or drops it as Kafka Streams
 * does, which takes its result back.
 */
function foreignKeyOf(
  { node, index, environment: { context, counters } }: Site<ForeignKeyLeftNode>,
  foreignKeys: KeyBytes,
  what: string,
): (key: unknown, value: unknown, time: number) => Uint8Array | null {
  return (key, value, time) => {
    enter(context, index, key, time, null)
    const foreignKey = node.foreignKey(value, context) ?? null
    if (foreignKey !== null) return foreignKeys.encode(foreignKey)
    if (node.join === 'inner' && node.tombstones === 'needed') throw nullKey(what)
    if (node.join === 'inner') counters.filtered++
    return null
  }
}
