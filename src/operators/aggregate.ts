import type { AggregateNode } from '../topology/nodes.ts'
import { addTo } from './fold.ts'
import { nullKey } from './null-key.ts'
import type { Operator } from './operator.ts'
import { type Build, enter, type Site, stateless } from './site.ts'
import { keyValueStore } from './stores.ts'
import { Replaced } from './tables/replaced.ts'
import { ExpiringFold } from './windows/expiring-fold.ts'
import { foldOfWindows } from './windows/fold-of-windows.ts'

/** A fold per key: a table of its own, or rows per window. */
export const aggregate: Build<AggregateNode> = (site) => {
  const { windows, ttl } = site.node
  if (windows !== null) return foldOfWindows(site, windows)
  return ttl === null ? tableFold(site) : new ExpiringFold(site, ttl)
}

/** Every change is emitted. A null value changes nothing and is counted as filtered. */
function tableFold(site: Site<AggregateNode>): Operator {
  const { node, index, environment } = site
  const replaced = new Replaced(site)
  const { context, counters } = environment
  const store = keyValueStore(environment, node.store)
  const operator = stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the fold ${node.store}`)
    if (value === null) {
      counters.filtered++
      return
    }
    const row = store.get(key)
    const sum = addTo(node, row, value, context)
    const latest = row !== undefined && row.time > time ? row.time : time
    replaced.write(store, key, sum, latest)
    replaced.handOn(row, key, sum, latest, null)
  })
  return { ...operator, view: replaced.view({ get: (key) => store.get(key) }) }
}
