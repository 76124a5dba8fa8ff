import type { TableSourceNode, ToTableNode } from '../../topology/nodes/tables.ts'
import type { Operator } from '../operator.ts'
import type { Site } from '../site.ts'
import { LatestRows } from './latest-rows.ts'
import { VersionedRows } from './versioned-rows.ts'

/** A table made of updates: from its topic, or from a stream. */
export function updatedTable(site: Site<TableSourceNode | ToTableNode>): Operator {
  return site.node.history === null ? new LatestRows(site) : new VersionedRows(site, site.node.history)
}
