/** Joins the answers of the right side with the left rows as they are now, and keeps what is out. */
import type { ForeignKeyAnswer, ForeignKeyResultNode } from '../../topology/nodes/joins.ts'
import { emitDerived } from '../emission.ts'
import { KeyBytes } from '../key-bytes.ts'
import type { Forward } from '../operator.ts'
import { type Build, enter, type Site } from '../site.ts'
import { keyValueStore, orderedStore } from '../stores.ts'
import { noEdition, Subscribers } from './subscribers.ts'

export const foreignKeyResult: Build<ForeignKeyResultNode> = (site) => {
  const { node, environment } = site
  const store = keyValueStore(environment, node.name)
  const subscribers = new Subscribers(orderedStore(environment, node.subscribers))
  const keys = new KeyBytes(node.keySerde, `the foreign-key join ${node.name}`)
  const receive: Forward = (key, answer, time) => {
    const { edition, right } = answer as ForeignKeyAnswer
    // The left row has changed since it asked: what it asked for then is of no interest, an answer to its change follows.
    if (edition !== (subscribers.get(keys.encode(key))?.edition ?? noEdition)) return
    const result = resultOf(site, key, right, time)
    if (result !== null) store.put(key, result, time)
    else if (store.get(key) !== undefined) store.delete(key, time)
    else if (node.tombstones === 'needed') return
    emitDerived(site, key, result, time, null)
  }
  return { receive, inputs: [receive, () => undefined], view: store, hold: 0 }
}

/** Null where there is no result. */
function resultOf(site: Site<ForeignKeyResultNode>, key: unknown, right: unknown, time: number): unknown {
  const { node, index, environment, view } = site
  const left = view(1).get(key)
  if (left === undefined || (right === undefined && node.join === 'inner')) return null
  enter(environment.context, index, key, time, null)
  return node.joiner(left.value, right, environment.context)
}
