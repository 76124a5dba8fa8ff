/** Several rows per key: the key as a delimited part, then what tells its rows apart. */
import { prefixEnd, RowKeyReader, RowKeyWriter } from '../../state/row-key.ts'
import type { NodeStore } from '../../topology/nodes.ts'
import type { Span } from '../entry.ts'
import { behind, type Layout, type LayoutKind, laterOf } from './layout.ts'
import { type Show, valuesOf } from './values.ts'

export interface KeyFirst {
  readonly kind: LayoutKind
  readonly history: number | null
  /** The window of a row: from the rest of its key, or from its value as it was stored, undefined for one that is gone. */
  spanOf(rest: RowKeyReader, value: unknown): Span | null
  readonly show?: Show
}

export function keyFirstLayout(store: NodeStore, { kind, history, spanOf, show = (value) => value }: KeyFirst): Layout {
  const values = valuesOf(store)
  return {
    kind,
    life: null,
    history,
    find(rows, { key, after }) {
      const next = after && behind(after)
      if (key === null) return rows.scan(next, null)
      const prefix = keyPrefix(key)
      return rows.scan(laterOf(prefix, next), prefixEnd(prefix))
    },
    read({ key: rowKey, bytes }) {
      const reader = new RowKeyReader(rowKey)
      const key = reader.bytes()
      const value = values.value(bytes)
      if (value === undefined) return null
      return { key: values.key(key), value: show(value), time: values.time(bytes), span: spanOf(reader, value) }
    },
    keyOf: (rowKey) => new RowKeyReader(rowKey).bytes(),
    place(rowKey) {
      const reader = new RowKeyReader(rowKey)
      return { key: values.key(reader.bytes()), span: spanOf(reader, undefined) }
    },
  }
}

/** What the row keys of a key begin with. */
export function keyPrefix(key: Buffer): Buffer {
  return new RowKeyWriter().bytes(key).finish()
}
