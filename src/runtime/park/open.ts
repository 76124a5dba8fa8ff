/** The parking of a task, over the store that its sub-topology has for it. */
import type { Clock } from '../../clock.ts'
import type { AnyStore } from '../../state/open.ts'
import type { GraphStore, SubTopology } from '../../topology/graph.ts'
import { parkPoliciesOf, parkStoreName } from '../../topology/park-store.ts'
import { KeyIndex } from './key-index.ts'
import { Parking } from './parking.ts'

/** What parking needs of a task. */
export interface ParkingTask {
  readonly id: string
  readonly subTopology: SubTopology
  readonly stores: readonly { readonly spec: GraphStore; readonly store: AnyStore }[]
}

/** Null where no policy parks. */
export function parkingOf({ id, subTopology, stores }: ParkingTask, clock: Clock): Parking | null {
  const { nodes, sources } = subTopology
  const policies = parkPoliciesOf(nodes)
  if (policies.length === 0) return null
  const name = parkStoreName(nodes, sources)
  const { store } = stores.find(({ spec }) => spec.name === name)!
  if (store.kind !== 'key-value') throw new Error(`${name} is no store of parked keys`)
  return new Parking({ task: id, index: new KeyIndex(store), policies, now: () => clock.now() })
}
