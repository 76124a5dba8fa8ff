/** Holds updates back: the latest one of a row comes out (`semantics.md` 3.7). */
import type { SuppressNode } from '../../topology/nodes/tables.ts'
import type { Operator } from '../operator.ts'
import type { Site } from '../site.ts'
import { SuppressedTable } from './suppressed-table.ts'
import { SuppressedWindows } from './suppressed-windows.ts'

export function suppress(site: Site<SuppressNode>): Operator {
  const { until } = site.node
  return until === 'close' ? new SuppressedWindows(site) : new SuppressedTable(site, until.wait)
}
