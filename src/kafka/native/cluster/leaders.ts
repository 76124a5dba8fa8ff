/** Questions that only the leader of a partition can answer. */
import type { TopicPartition } from '../../../record.ts'
import { partitionName } from '../../../record.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster } from './cluster.ts'

/**
 * Asks each leader for its partitions, all leaders at once, and repeats with fresh metadata until all have answered.
 * @throws KafkaError `retriable` when a partition has no leader for as long as patience lasts
 */
export function askLeaders<P extends TopicPartition, T>(
  cluster: Cluster,
  partitions: readonly P[],
  ask: (node: number, partitions: readonly P[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const refresh = () => cluster.refresh(new Set(partitions.map(({ topic }) => topic))).catch(() => undefined)
  return cluster.repeat(async () => {
    const answers = [...(await byLeader(cluster, partitions))].map(([node, led]) => ask(node, led))
    return (await Promise.all(answers)).flat()
  }, refresh)
}

async function byLeader<P extends TopicPartition>(
  cluster: Cluster,
  partitions: readonly P[],
): Promise<Map<number, P[]>> {
  const unknown = partitions.filter((partition) => cluster.metadata.leader(partition) < 0)
  if (unknown.length > 0) await cluster.refresh(new Set(unknown.map(({ topic }) => topic)))
  const leaders = new Map<number, P[]>()
  for (const partition of partitions) {
    const leader = cluster.metadata.leader(partition)
    if (leader < 0) throw leaderless(partition)
    const led = leaders.get(leader)
    if (led === undefined) leaders.set(leader, [partition])
    else led.push(partition)
  }
  return leaders
}

function leaderless(partition: TopicPartition): KafkaError {
  const message = `Nobody leads ${partitionName(partition)}, or there is no such partition`
  return new KafkaError('retriable', 'LEADER_NOT_AVAILABLE', 'Metadata', message)
}
