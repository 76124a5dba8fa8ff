/** A store of any kind over rows of any backend. */
import { CellKeyValueStore } from './key-value.ts'
import { OverlaidOrderedStore } from './ordered.ts'
import type { RowLayout, Rows } from './rows.ts'
import type { StoreOptions } from './slots.ts'
import type { KeyValueStore, OrderedStore, StoreSpec, WindowStore } from './store.ts'
import type { UndoLog } from './undo.ts'
import { CellWindowStore } from './window.ts'

export type AnyStore = KeyValueStore | WindowStore | OrderedStore

const stores: Readonly<Record<StoreSpec['kind'], (name: string, options: StoreOptions) => AnyStore>> = {
  'key-value': (name, options) => new CellKeyValueStore(name, options),
  window: (name, options) => new CellWindowStore(name, options),
  ordered: (name, options) => new OverlaidOrderedStore(name, options),
}

/** How the rows of each kind are mostly reached. */
export const layouts: Readonly<Record<StoreSpec['kind'], RowLayout>> = {
  'key-value': 'points',
  window: 'by-time',
  ordered: 'ordered',
}

/**
 * Opens a store over committed rows, which it owns from then on.
 * @example openStore('totals', spec, backend.open({ app, task, store: 'totals', layout: layouts[spec.kind] }), undo)
 */
export function openStore(
  name: string,
  spec: StoreSpec,
  rows: Rows,
  undo: UndoLog,
  options: { readonly cachedRows?: number } = {},
): AnyStore {
  return stores[spec.kind](name, { spec, rows, undo, ...options })
}
