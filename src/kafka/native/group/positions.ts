/** The positions a group has committed. */
import { partitionName, type TopicPartition } from '../../../record.ts'
import { OffsetFetch } from '../../../wire/apis/09-offset-fetch.ts'
import { errorCode } from '../../../wire/errors.ts'
import type { Response } from '../../../wire/schema.ts'
import { byTopic } from '../../by-topic.ts'
import { refusal } from '../../faults.ts'
import type { PartitionOffset } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { Coordinator } from '../cluster/coordinators.ts'

const unstableWaitMilliseconds = 10

/**
 * Committed positions, -1 where there is none. Waits while a transaction is pending that may move one of them
 * (KIP-447), at most for the request timeout.
 * @throws KafkaError `retriable` with reason UNSTABLE_OFFSET_COMMIT when that takes longer
 */
export async function stablePositions(
  cluster: Cluster,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<PartitionOffset[]> {
  if (partitions.length === 0) return []
  const coordinator = new Coordinator(cluster, 'group', group)
  const patience = cluster.patience()
  for (;;) {
    const found = await cluster.repeat(() => ask(coordinator, group, partitions))
    if (!found.isUnstable) return partitions.map((place) => ({ ...bare(place), offset: found.offset(place) }))
    if (await patience.wait(unstableWaitMilliseconds)) continue
    throw refusal(errorCode.UNSTABLE_OFFSET_COMMIT, 'OffsetFetch', `group ${group}`)
  }
}

function bare({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition }
}

async function ask(coordinator: Coordinator, group: string, partitions: readonly TopicPartition[]) {
  const topics = byTopic(partitions).map(([name, ofTopic]) => ({
    name,
    partitionIndexes: ofTopic.map(({ partition }) => partition),
  }))
  const body = (version: number) =>
    version >= 8
      ? { groups: [{ groupId: group, topics }], requireStable: true }
      : { groupId: group, topics, requireStable: true }
  const answer = await coordinator.ask(OffsetFetch, body, { purpose: 'control' })
  const ofGroup = answer.groups[0] ?? answer
  if (ofGroup.errorCode !== 0) {
    coordinator.hasMoved(ofGroup.errorCode)
    throw refusal(ofGroup.errorCode, 'OffsetFetch', `group ${group}`)
  }
  return readTopics(ofGroup.topics)
}

type AnsweredTopics = Response<typeof OffsetFetch>['topics'] | Response<typeof OffsetFetch>['groups'][number]['topics']

function readTopics(topics: AnsweredTopics) {
  const offsets = new Map<string, number>()
  let isUnstable = false
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, committedOffset, errorCode: code } of partitions) {
      const place = partitionName({ topic: name, partition: partitionIndex })
      if (code === errorCode.UNSTABLE_OFFSET_COMMIT) isUnstable = true
      else if (code !== 0 && code !== errorCode.UNKNOWN_TOPIC_OR_PARTITION) throw refusal(code, 'OffsetFetch', place)
      offsets.set(place, committedOffset)
    }
  }
  return { isUnstable, offset: (place: TopicPartition) => offsets.get(partitionName(place)) ?? -1 }
}
