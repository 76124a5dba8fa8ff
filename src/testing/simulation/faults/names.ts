/** Every fault there is, by name. */
import { brokerFaults } from './broker.ts'
import { failpoints } from './failpoints.ts'
import type { Cause } from './fault.ts'
import { groupFaults } from './group.ts'
import { networkFaults } from './network.ts'
import { processFaults } from './process.ts'
import { refusals } from './refusals.ts'
import { timeFaults } from './time.ts'

const faultTable = {
  ...processFaults,
  ...failpoints,
  ...networkFaults,
  ...brokerFaults,
  ...refusals,
  ...groupFaults,
  ...timeFaults,
}

/** The name of a fault. */
export type FaultName = keyof typeof faultTable

/**
 * Every fault there is.
 * @example simulate(orders, { seed: 7, input, faults: faultNames.filter((name) => name.startsWith('die')) })
 */
export const faultNames: readonly FaultName[] = Object.keys(faultTable) as FaultName[]

/** How one is caused. */
export function causeOf(name: string): Cause {
  return faultTable[name as FaultName]
}
