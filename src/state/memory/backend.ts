import type { RowLayout, Rows, StateBackend } from '../rows.ts'
import { PointRows } from './point-rows.ts'
import { MemoryRows } from './rows.ts'
import { TimeRows } from './time-rows.ts'

const rowsOf: Readonly<Record<RowLayout, () => Rows>> = {
  points: () => new PointRows(),
  'by-time': () => new TimeRows(),
  ordered: () => new MemoryRows(),
}

/**
 * Keeps rows in the memory of the worker; a new owner reads them back from the changelog.
 * @example await run(topology, { state: memory() })
 */
export function memory(): StateBackend {
  return { name: 'memory', open: ({ layout }) => rowsOf[layout]() }
}
