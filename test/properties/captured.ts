/** A backend whose rows can be looked at. */
import type { Rows, RowsPlace, StateBackend } from '../../src/state/rows.ts'

export interface Captured extends StateBackend {
  /** Those that are open, by store. */
  readonly rows: ReadonlyMap<string, Rows>
}

export function captured(backend: StateBackend): Captured {
  const rows = new Map<string, Rows>()
  return {
    name: backend.name,
    rows,
    open(place: RowsPlace) {
      const opened = backend.open(place)
      rows.set(place.store, opened)
      return opened
    },
  }
}
