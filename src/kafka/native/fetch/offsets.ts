/** Where a log begins and ends, and where a time lies in it. */
import { partitionName, type TopicPartition } from '../../../record.ts'
import { ListOffsets } from '../../../wire/apis/02-list-offsets.ts'
import { byTopic } from '../../by-topic.ts'
import { refusal } from '../../faults.ts'
import type { OffsetQuery, PartitionOffset } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { askLeaders } from '../cluster/leaders.ts'

const earliest = -2
const latest = -1
/** The record of the highest time (KIP-734). */
const highestTime = -3
const readUncommitted = 0
const readCommitted = 1

interface Listed extends PartitionOffset {
  /** Of the record found; -1 where none was looked for. */
  readonly time: number
}

/**
 * The offset of each partition, in the order asked.
 * @throws KafkaError `retriable` when a leader can't be found or reached within the request timeout
 */
export async function listOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  at: OffsetQuery,
): Promise<PartitionOffset[]> {
  if (typeof at === 'object') return await listOffsetsOfTime(cluster, partitions, at.time)
  const isolation = at === 'stable' ? readCommitted : readUncommitted
  return await offsetsAt(cluster, partitions, at === 'earliest' ? earliest : latest, isolation)
}

/**
 * A time later than every record has no offset: what comes next will be put at the end. The end is asked for first, or a
 * record that comes between the two answers would lie before it.
 */
async function listOffsetsOfTime(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  time: number,
): Promise<PartitionOffset[]> {
  const ends = await offsetsAt(cluster, partitions, latest, readUncommitted)
  const found = await offsetsAt(cluster, partitions, time, readUncommitted)
  return found.map((each, index) => (each.offset < 0 ? ends[index]! : each))
}

/** In the order asked; -1 where there is none. */
async function offsetsAt(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: number,
  isolationLevel: number,
): Promise<PartitionOffset[]> {
  const answers = await askLeaders(cluster, partitions, (node, led) =>
    askLeader(cluster, node, led, timestamp, isolationLevel),
  )
  const found = new Map(answers.map((answer) => [partitionName(answer), answer.offset]))
  return partitions.map(({ topic, partition }) => ({
    topic,
    partition,
    offset: found.get(partitionName({ topic, partition })) ?? -1,
  }))
}

/** When the first record, or that of the latest time, was written; null where the log is empty. In the order asked. */
export async function listTimes(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  of: 'first' | 'latest',
): Promise<(number | null)[]> {
  const timestamp = of === 'first' ? 0 : highestTime
  const answers = await askLeaders(cluster, partitions, (node, led) =>
    askLeader(cluster, node, led, timestamp, readUncommitted),
  )
  const found = new Map(answers.map((answer) => [partitionName(answer), answer]))
  return partitions.map((partition) => {
    const { offset = -1, time = -1 } = found.get(partitionName(partition)) ?? {}
    return offset < 0 || time < 0 ? null : time
  })
}

async function askLeader(
  cluster: Cluster,
  node: number,
  partitions: readonly TopicPartition[],
  timestamp: number,
  isolationLevel: number,
): Promise<Listed[]> {
  const answer = await cluster.link(node, 'control').request(ListOffsets, () => ({
    replicaId: -1,
    isolationLevel,
    topics: byTopic(partitions).map(([name, ofTopic]) => ({
      name,
      partitions: ofTopic.map((place) => ({
        partitionIndex: place.partition,
        currentLeaderEpoch: cluster.metadata.leaderEpoch(place),
        timestamp,
      })),
    })),
  }))
  return answer.topics.flatMap(({ name, partitions: answered }) =>
    answered.map(({ partitionIndex, errorCode, offset, timestamp: time }) => {
      const place = { topic: name, partition: partitionIndex }
      if (errorCode !== 0) throw refusal(errorCode, 'ListOffsets', partitionName(place))
      return { ...place, offset, time }
    }),
  )
}
