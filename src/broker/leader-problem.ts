/**
 * Whether the node that was asked may answer for a partition (KIP-320). A node that holds a copy looks at the leader
 * epoch first, as in Kafka: who knows an older leader has to learn of the newer before anything else.
 */
import { errorCode } from '../wire/errors.ts'
import type { PartitionLog } from './log/log.ts'
import type { Nodes } from './nodes.ts'

/** What stands for "the client did not say" in requests. */
const anyEpoch = -1

/** @example leaderProblem(caller.node, log, wanted.currentLeaderEpoch) // NOT_LEADER_OR_FOLLOWER at a wrong node */
export function leaderProblem(node: number, log: PartitionLog, epoch: number = anyEpoch): number {
  const code = replicaProblem(node, log, epoch)
  if (code !== errorCode.NONE) return code
  return log.leader === node ? errorCode.NONE : errorCode.NOT_LEADER_OR_FOLLOWER
}

/** The same where any replica may answer (KIP-392). */
export function replicaProblem(node: number, log: PartitionLog, epoch: number = anyEpoch): number {
  if (!log.replicas.includes(node)) return errorCode.NOT_LEADER_OR_FOLLOWER
  if (epoch !== anyEpoch && epoch < log.leaderEpoch) return errorCode.FENCED_LEADER_EPOCH
  if (epoch > log.leaderEpoch) return errorCode.UNKNOWN_LEADER_EPOCH
  return errorCode.NONE
}

/** The leader as answers hint at it (KIP-951). */
export function currentLeader({ leader, leaderEpoch }: PartitionLog): { leaderId: number; leaderEpoch: number } {
  return { leaderId: leader, leaderEpoch }
}

export interface Endpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** Where those nodes are, each once; those that do not live are left out. */
export function endpoints(nodes: Nodes, ids: Iterable<number>): Endpoint[] {
  const wanted = new Set(ids)
  return nodes
    .alive()
    .filter(({ id }) => wanted.has(id))
    .map(({ id, address, rack }) => ({ nodeId: id, ...address, rack }))
}
