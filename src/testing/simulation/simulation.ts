/** A topology together with what it needs to be simulated: what a file gives away for `millrace sim`. */
import type { Topology } from '../../topology/topology.ts'
import type { SimulationOptions } from './simulate.ts'
import type { Surroundings } from './surroundings.ts'

export interface Simulation {
  readonly kind: 'simulation'
  readonly name: string
  readonly topology: Topology | ((surroundings: Surroundings) => Topology)
  readonly options: Omit<SimulationOptions, 'seed'>
}

/**
 * Names a topology and its input for `millrace sim`, which runs one seed after another.
 * @example export const counted = simulation('counted', wordCount, { input: [feed(lines, () => ({ value: 'to be' }))] })
 */
export function simulation(name: string, topology: Simulation['topology'], options: Simulation['options']): Simulation {
  return { kind: 'simulation', name, topology, options }
}
