/** Workers that answer questions, found through Kafka alone: their group knows where they are. */
import type { GroupDescription, Kafka } from '../kafka/port.ts'
import { decodeAssignmentData, tasksByAddress } from '../runtime/group/assign.ts'

/** A topology, and where its workers can be asked. */
export interface FoundWorkers {
  readonly app: string
  readonly addresses: readonly string[]
}

/**
 * The topologies whose workers run with `queries`, by name. None while the members of a group are about to agree anew.
 * @param app of this topology only
 * @example const [{ addresses }] = await findWorkers(kafka, 'word-count')
 */
export async function findWorkers(kafka: Kafka, app?: string): Promise<FoundWorkers[]> {
  const { groups } = kafka.admin
  const ids = app === undefined ? (await groups.list()).map(({ id }) => id) : [app]
  const described = await groups.describe(ids)
  return [...described]
    .map(([id, group]) => ({ app: id, addresses: addressesIn(group) }))
    .filter(({ addresses }) => addresses.length > 0)
    .sort((one, other) => (one.app < other.app ? -1 : 1))
}

/** Every member is told of all. */
function addressesIn(group: GroupDescription | null): string[] {
  if (group?.protocol !== 'millrace') return []
  const told = group.members.flatMap(({ userData }) => [...tasksByAddress(decodeAssignmentData(userData)).values()])
  return [...new Set(told)].sort()
}
