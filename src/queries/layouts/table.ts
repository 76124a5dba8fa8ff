/** One row per key: the row key is the key. */
import type { NodeStore } from '../../topology/nodes.ts'
import { behind, type Layout, laterOf } from './layout.ts'
import { type Show, valuesOf } from './values.ts'

export function tableLayout(store: NodeStore, life: number | null, show?: Show): Layout {
  const values = valuesOf(store, show)
  return {
    kind: 'table',
    life,
    history: null,
    *find(rows, { key, from, to, after }) {
      if (key === null) return yield* rows.scan(laterOf(from, after && behind(after)), to)
      const bytes = after === null ? rows.get(key) : undefined
      if (bytes !== undefined) yield { key, bytes }
    },
    read({ key, bytes }) {
      const value = values.value(bytes)
      if (value === undefined) return null
      return { key: values.key(key), value, time: values.time(bytes), span: null }
    },
    keyOf: (rowKey) => rowKey,
    place: (rowKey) => ({ key: values.key(rowKey), span: null }),
  }
}
