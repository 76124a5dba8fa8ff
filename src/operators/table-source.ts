import type { TableSourceNode } from '../topology/nodes.ts'
import { nullKey } from './null-key.ts'
import { type Build, enter, stateless } from './site.ts'

/**
 * Keeps the latest row of each key by event time (`semantics.md` 3.6): an older update is ignored and counted as late, of
 * two with one time the later offset wins. Null deletes, and the deletion's time is kept.
 */
export const tableSource: Build<TableSourceNode> = ({ node, index, environment, forward }) => {
  const { context, counters } = environment
  const store = environment.keyValueStore(node.store)
  return stateless((key, value, time, window) => {
    enter(context, index, key, time, window)
    if (key === null || key === undefined) throw nullKey(`the table ${node.store}`)
    if (time < store.timeOf(key)) {
      counters.late++
      return
    }
    if (value === null) store.delete(key, time)
    else store.put(key, value, time)
    forward(key, value, time, window)
  })
}
