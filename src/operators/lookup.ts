import type { LookupNode } from '../topology/nodes.ts'
import { nullKey } from './null-key.ts'
import { type Build, enter, stateless } from './site.ts'

/**
 * The row of a global table beside each record, undefined where there is none. A null value is counted as filtered; a
 * null derived key joins with nothing, or under `inner` is a reject.
 */
export const lookup: Build<LookupNode> = ({ node, index, environment, forward }) => {
  const { key: keyOf, join, inner } = node
  const { context, counters } = environment
  const table = environment.globalTable(node.table.name)
  return stateless((key, value, time, window) => {
    if (value === null) {
      counters.filtered++
      return
    }
    enter(context, index, key, time, window)
    const derived = keyOf(value, context)
    if (inner && (derived === null || derived === undefined)) throw nullKey(`a lookup in ${node.table.name}`)
    const row = derived === null || derived === undefined ? undefined : table.get(derived)
    if (inner && row === undefined) counters.filtered++
    else forward(key, join(value, row, context), time, window)
  })
}
