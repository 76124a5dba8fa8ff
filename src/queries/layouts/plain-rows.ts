/** Rows that only their operator understands: buffers, timers, the sides of a join. They can be looked at, not asked for. */
import type { NodeStore } from '../../topology/nodes.ts'
import { behind, type Layout } from './layout.ts'
import { valuesOf } from './values.ts'

export function plainLayout(store: NodeStore): Layout {
  const values = valuesOf(store)
  return {
    kind: 'rows',
    life: null,
    history: null,
    find: (rows, { after }) => rows.scan(after && behind(after), null),
    read({ key, bytes }) {
      const value = values.value(bytes)
      return value === undefined ? null : { key: new Uint8Array(key), value, time: values.time(bytes), span: null }
    },
    keyOf: () => null,
    place: (rowKey) => ({ key: new Uint8Array(rowKey), span: null }),
  }
}
