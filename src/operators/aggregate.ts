import type { AggregateNode } from '../topology/nodes.ts'
import { addTo } from './fold.ts'
import { nullKey } from './null-key.ts'
import type { Operator } from './operator.ts'
import { type Build, enter, type Site, stateless } from './site.ts'
import { WindowedFold } from './windowed-fold.ts'

/** A fold per key: a table of its own, or rows per window. */
export const aggregate: Build<AggregateNode> = (site) => {
  const { windows } = site.node
  return windows === null ? tableFold(site) : new WindowedFold(site, windows)
}

/** Every change is emitted. A null value changes nothing and is counted as filtered. */
function tableFold({ node, index, environment, forward }: Site<AggregateNode>): Operator {
  const { context, counters } = environment
  const store = environment.keyValueStore(node.store)
  return stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the fold ${node.store}`)
    if (value === null) {
      counters.filtered++
      return
    }
    const row = store.get(key)
    const sum = addTo(node, row, value, context)
    const latest = row !== undefined && row.time > time ? row.time : time
    store.put(key, sum, latest)
    forward(key, sum, latest, null)
  })
}
