import type { Row } from '../../state/store.ts'
import type { TableMapNode } from '../../topology/nodes/tables.ts'
import { type Build, enter, stateless } from '../site.ts'
import { viewThrough } from './view-through.ts'

/**
 * Another value for each row of a table; a deletion stays one, and the handler may make one. Keeps no rows: they follow.
 * A filter deletes nothing that it did not let through.
 */
export const tableMap: Build<TableMapNode> = ({ node, index, environment: { context }, forward, view }) => {
  const mapped = (key: unknown, value: unknown, time: number): unknown => {
    if (value === null) return null
    enter(context, index, key, time, null)
    return node.handler(value, context)
  }
  const rowOf = (key: unknown, row: Row | undefined): Row | undefined => {
    const value = row === undefined ? null : mapped(key, row.value, row.time)
    return value === null ? undefined : { key, value, time: row!.time }
  }
  const rows = viewThrough(() => view(0), {
    get: (key) => rowOf(key, view(0).get(key)),
    replaced: (key) => rowOf(key, view(0).replaced?.(key)),
  })
  const operator = stateless((key, value, time) => {
    const row = mapped(key, value, time)
    if (row === null && node.filters && rows.hadRow?.(key) === false) return
    forward(key, row, time, null)
  })
  return { ...operator, view: rows }
}
