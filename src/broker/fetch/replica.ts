/** Which replica a reader should ask (KIP-392): one in its own rack, where racks are known. */
import type { Broker } from '../broker.ts'
import type { Caller } from '../handler.ts'
import type { PartitionLog } from '../log/log.ts'

const racksFrom = 11

/** null: the node that was asked is as good as any. Only the leader sends readers elsewhere. */
export function preferredReplica(
  { node, version }: Caller,
  rackId: string,
  log: PartitionLog,
  { nodes, settings }: Broker,
): number | null {
  if (settings.racks.length === 0 || version < racksFrom || rackId === '' || log.leader !== node) return null
  if (nodes.get(node)?.rack === rackId) return null
  return log.replicas.find((id) => nodes.isAlive(id) && nodes.get(id)?.rack === rackId) ?? null
}
