/** Where a log begins and ends, and where a time lies in it; and what a group has committed. */
import { partitionName, type TopicPartition } from '../../record.ts'
import { errorCode } from '../../wire/errors.ts'
import { byTopic } from '../by-topic.ts'
import { refusal } from '../faults.ts'
import type { MemberIdentity, OffsetQuery, PartitionOffset } from '../port.ts'
import type { ClusterDoor, Isolation } from './clusters.ts'

type Where = { readonly fromBeginning: boolean } | { readonly fromTimestamp: number }

/** Offsets as the reader of this isolation sees them: kafkajs takes the isolation from the cluster, not from the call. */
export type Doors = Readonly<Record<Isolation, ClusterDoor>>

/**
 * The offset of each partition, in the order asked.
 * @throws KafkaError `retriable` when a leader can't be reached within half a minute
 */
export async function listOffsets(
  doors: Doors,
  partitions: readonly TopicPartition[],
  at: OffsetQuery,
): Promise<PartitionOffset[]> {
  if (partitions.length === 0) return []
  if (at === 'earliest') return ask(doors.read_uncommitted, partitions, { fromBeginning: true })
  if (at === 'stable') return ask(doors.read_committed, partitions, { fromBeginning: false })
  if (at === 'end') return ask(doors.read_uncommitted, partitions, { fromBeginning: false })
  // A time later than every record has no offset, and kafkajs says -1: what comes next will be put at the end. It is asked
  // for first, or a record that comes between the two answers would lie before it.
  const ends = await ask(doors.read_uncommitted, partitions, { fromBeginning: false })
  const found = await ask(doors.read_uncommitted, partitions, { fromTimestamp: at.time })
  return found.map((each, index) => (each.offset >= 0 ? each : ends[index]!))
}

async function ask(door: ClusterDoor, partitions: readonly TopicPartition[], where: Where): Promise<PartitionOffset[]> {
  const topics = byTopic(partitions).map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => ({ partition })),
    ...where,
  }))
  return door.repeat('ListOffsets', 'reads', async () => {
    for (const error of (await door.know(topics.map(({ topic }) => topic))).values()) throw error
    const answered = await door.cluster.fetchTopicsOffset(topics)
    const offsets = new Map(
      answered.flatMap(({ topic, partitions: ofTopic }) =>
        ofTopic.map(({ partition, offset }) => [partitionName({ topic, partition }), Number(offset)] as const),
      ),
    )
    return partitions.map((place) => offsetOf(offsets, place, 'ListOffsets'))
  })
}

/** kafkajs leaves out a partition that it finds no leader for. */
function offsetOf(
  offsets: ReadonlyMap<string, number>,
  { topic, partition }: TopicPartition,
  request: string,
): PartitionOffset {
  const offset = offsets.get(partitionName({ topic, partition }))
  if (offset !== undefined) return { topic, partition, offset }
  throw refusal(errorCode.UNKNOWN_TOPIC_OR_PARTITION, request, partitionName({ topic, partition }))
}

/** Committed positions, -1 where there is none. They may still be moved by a transaction: kafkajs does not wait for it. */
export async function committedPositions(
  door: ClusterDoor,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<PartitionOffset[]> {
  if (partitions.length === 0) return []
  const topics = byTopic(partitions).map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => ({ partition, offset: '-1' })),
  }))
  return door.repeat('OffsetFetch', 'reads', async () => {
    await door.connect()
    const coordinator = await door.cluster.findGroupCoordinator({ groupId: group })
    const { responses } = await coordinator.offsetFetch({ groupId: group, topics })
    const offsets = new Map(
      responses.flatMap(({ topic, partitions: ofTopic }) =>
        ofTopic.map(({ partition, offset }) => [partitionName({ topic, partition }), Number(offset)] as const),
      ),
    )
    return partitions.map((place) => offsetOf(offsets, place, 'OffsetFetch'))
  })
}

/** Commits positions as a member in its generation. @throws KafkaError `fenced` when the group has gone on without it */
export async function commitPositions(
  door: ClusterDoor,
  { group, memberId, generation }: MemberIdentity,
  positions: readonly PartitionOffset[],
): Promise<void> {
  if (positions.length === 0) return
  const topics = byTopic(positions).map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
  }))
  await door.repeat('OffsetCommit', 'writes', async () => {
    await door.connect()
    const coordinator = await door.cluster.findGroupCoordinator({ groupId: group })
    await coordinator.offsetCommit({ groupId: group, memberId, groupGenerationId: generation, topics })
  })
}
