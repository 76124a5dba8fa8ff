/** A row of a table beside each record of a stream (`semantics.md` 3.6). */
import type { Row } from '../../state/store.ts'
import type { TableLookupNode } from '../../topology/nodes/joins.ts'
import type { Forward, Operator, VersionedView } from '../operator.ts'
import { type Build, enter, type Site } from '../site.ts'
import { keyed } from './null-rules.ts'
import { WaitingLookup } from './waiting-lookup.ts'

export const tableLookup: Build<TableLookupNode> = (site) => {
  const join = besideRow(site)
  const { grace } = site.node
  return grace === null ? lookupAtOnce(site, join) : new WaitingLookup(site, join, besideRow(site, grace), grace)
}

/** Only the stream's records make something come out. */
function lookupAtOnce(site: Site<TableLookupNode>, join: Forward): Operator {
  const receive = keyed(site, join, join)
  return { receive, inputs: [receive, () => undefined], hold: 0 }
}

/** Joins a record with its row, as it is or as it was so long after the record. An inner join drops one without. */
function besideRow(site: Site<TableLookupNode>, waited?: number): Forward {
  const { node, index, environment, forward } = site
  const { context, counters } = environment
  const { join, joiner } = node
  return (key, value, time, window) => {
    const row = key === null ? undefined : rowOf(site, key, time, waited)
    if (row === undefined && join === 'inner') {
      counters.filtered++
      return
    }
    enter(context, index, key, time, window)
    forward(key, joiner(value, row?.value, context), time, window)
  }
}

function rowOf(
  { node, view }: Site<TableLookupNode>,
  key: unknown,
  time: number,
  waited: number | undefined,
): Row | undefined {
  const table = view(1)
  if (!node.asOf) return table.get(key)
  return (table as VersionedView).asOf(key, time, waited === undefined ? undefined : time + waited)
}
