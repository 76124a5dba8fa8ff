/** State in memory that can still be looked at when its worker has closed it: what it was is compared with changelogs. */
import { memory } from '../../state/memory/backend.ts'
import type { Rows, RowsPlace, StateBackend } from '../../state/rows.ts'
import type { LiveStore } from './history.ts'
import { LiveRows } from './oracles/live-rows.ts'

/** `memory()`, but for the end: rows outlive their worker's interest in them. */
export class KeptRows implements StateBackend {
  readonly name = 'memory'
  readonly #live = new LiveRows(memory())

  open(place: RowsPlace): Rows {
    const rows = this.#live.open(place)
    rows.close = () => undefined
    return rows
  }

  /** All that were ever open, as they were left. */
  stores(): LiveStore[] {
    return this.#live.stores()
  }
}
