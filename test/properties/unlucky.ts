/** A backend that dies, when it is told to, before it takes what Kafka has committed already. */
import { KeptRows } from '../../src/runtime/standbys/kept-rows.ts'
import type { RowChange, Rows, RowsPlace, StateBackend } from '../../src/state/rows.ts'

export interface Unlucky extends StateBackend {
  /** Asked before each commit; not while state is restored. */
  fails: () => boolean
}

export function unlucky(backend: StateBackend): Unlucky {
  const made: Unlucky = {
    name: backend.name,
    fails: () => false,
    open: (place: RowsPlace) => new UnluckyRows(backend.open(place), () => made.fails()),
  }
  return made
}

class UnluckyRows extends KeptRows {
  private readonly fails: () => boolean

  constructor(rows: Rows, fails: () => boolean) {
    super(rows, () => rows.close())
    this.fails = fails
  }

  override apply(changes: Iterable<RowChange>, position: number): void {
    if (this.fails()) throw new Error('died before the local commit')
    super.apply(changes, position)
  }
}
