import { reject } from '../../faults.ts'
import type { Change, TableAggregateNode } from '../../topology/nodes/tables.ts'
import { nullKey } from '../null-key.ts'
import type { MutableContext } from '../operator.ts'
import { type Build, enter, stateless } from '../site.ts'
import { keyValueStore } from '../stores.ts'
import { Replaced } from './replaced.ts'

/** A fold over the rows of a group: what a row gave before is subtracted, then what it gives now is added. */
export const tableAggregate: Build<TableAggregateNode> = (site) => {
  const { node, index, environment } = site
  const replaced = new Replaced(site)
  const { context } = environment
  const store = keyValueStore(environment, node.store)
  const operator = stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the fold ${node.store}`)
    const row = store.get(key)
    const sum = changed(node, row?.value ?? null, value as Change, context)
    if (row === undefined && sum === null) return
    const latest = row !== undefined && row.time > time ? row.time : time
    if (sum === null) store.delete(key, latest)
    else replaced.write(store, key, sum, latest)
    replaced.handOn(row, key, sum, latest, null)
  })
  return { ...operator, view: replaced.view({ get: (key) => store.get(key) }) }
}

/** The next sum; null: there is none. Of a group that has no sum nothing is subtracted. */
function changed(node: TableAggregateNode, before: unknown, change: Change, context: MutableContext): unknown {
  const rest =
    'subtract' in change && before !== null ? checked(node, node.subtract(before, change.subtract, context)) : before
  if (!('add' in change)) return rest
  if (rest === null && node.fold === 'reduce') return change.add
  return checked(node, node.add(rest === null ? node.start() : rest, change.add, context))
}

function checked({ store }: TableAggregateNode, sum: unknown): unknown {
  if (sum === undefined) throw reject(`The fold ${store} returned undefined`, { code: 'MR3002' })
  return sum
}
