import { compile } from '../../topology/compile.ts'
import type { Topology } from '../../topology/topology.ts'
import { type BreakerMemory, breakersOf } from './breakers.ts'
import { BreakerCells } from './cells.ts'

/**
 * The breakers of all topologies that a process runs, kept in a buffer that its threads share.
 * @param origin what to add to this thread's monotonic clock for a time that is the same in all of them, milliseconds
 * @throws MillraceError MR1003 when there are more than there is room for
 * @example const breakers = sharedBreakers(topologies, buffer, origin); await run(topology, { breakers })
 */
export function sharedBreakers(
  topologies: readonly Topology[],
  buffer: SharedArrayBuffer,
  origin: number,
): BreakerMemory {
  const names = topologies.flatMap((topology) => [...breakersOf(compile(topology)).keys()])
  return { cells: new BreakerCells(names, buffer), origin }
}
