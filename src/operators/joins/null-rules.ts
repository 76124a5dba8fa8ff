import type { TableLookupNode } from '../../topology/nodes/joins.ts'
import { nullKey } from '../null-key.ts'
import type { Forward } from '../operator.ts'
import { enter, type Site } from '../site.ts'

/** What a join with a table does with nulls (`semantics.md` 3.8): no value, filtered; no key, a left join says it at once. */
export function keyed(
  { node, index, environment: { context, counters } }: Site<TableLookupNode>,
  take: Forward,
  atOnce: Forward,
): Forward {
  return (key, value, time, window) => {
    enter(context, index, key, time, window)
    if (value === null) counters.filtered++
    else if (key !== null && key !== undefined) take(key, value, time, window)
    else if (node.join === 'left') atOnce(null, value, time, window)
    else throw nullKey('a join with a table')
  }
}
