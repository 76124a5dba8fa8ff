/**
 * OffsetFetch.
 * Behaviour: positions by partition, -1 where there is none; null asks for all the group has. With `requireStable` a
 * partition for which an undecided transaction has staged a position answers UNSTABLE_OFFSET_COMMIT (KIP-447).
 * Version notes: 2 all positions · 5 leader epochs · 7 requireStable · 8 several groups at once.
 */
import type { TopicPartition } from '../../record.ts'
import { OffsetFetch } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'

const severalGroupsFrom = 8

type FetchRequest = Request<typeof OffsetFetch>
type WantedTopics = FetchRequest['topics']
type FetchResponse = ResponseInput<typeof OffsetFetch>
type TopicPositions = NonNullable<FetchResponse['groups']>[number]['topics'][number]
type Positions = TopicPositions['partitions'][number]

export const offsetFetch: AnyHandler = handler({
  api: OffsetFetch,
  execute(request, broker, { version }) {
    const lookUp = (groupId: string, wanted: WantedTopics): TopicPositions[] =>
      positionsOf(groupId, wanted, request.requireStable, broker)
    if (version < severalGroupsFrom) return { throttleTimeMs: 0, topics: lookUp(request.groupId, request.topics) }
    const groups = request.groups.map(({ groupId, topics }) => ({
      groupId,
      topics: lookUp(groupId, topics),
      errorCode: errorCode.NONE,
    }))
    return { throttleTimeMs: 0, groups }
  },
  refuse: (request, code) =>
    request.groups.length === 0
      ? { throttleTimeMs: 0, topics: [], errorCode: code }
      : {
          throttleTimeMs: 0,
          groups: request.groups.map(({ groupId }) => ({ groupId, topics: [], errorCode: code })),
        },
})

function positionsOf(groupId: string, wanted: WantedTopics, requireStable: boolean, broker: Broker): TopicPositions[] {
  const topics = wanted ?? byTopic(broker.groups.get(groupId)?.offsets.partitions() ?? [])
  const positions = topics.map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes
      .map((partition) => positionOf(groupId, { topic: name, partition }, requireStable, broker))
      .filter((position) => wanted !== null || position.committedOffset >= 0 || position.errorCode !== errorCode.NONE),
  }))
  return wanted === null ? positions.filter(({ partitions }) => partitions.length > 0) : positions
}

function positionOf(groupId: string, partition: TopicPartition, requireStable: boolean, broker: Broker): Positions {
  const offsets = broker.groups.get(groupId)?.offsets
  const isUnstable = requireStable && offsets?.isUnstable(partition) === true
  const position = isUnstable ? undefined : offsets?.get(partition)
  return {
    partitionIndex: partition.partition,
    committedOffset: position?.offset ?? -1,
    committedLeaderEpoch: position?.leaderEpoch ?? -1,
    metadata: position?.metadata ?? '',
    errorCode: isUnstable ? errorCode.UNSTABLE_OFFSET_COMMIT : errorCode.NONE,
  }
}

function byTopic(partitions: readonly TopicPartition[]): NonNullable<WantedTopics> {
  return [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, those]) => ({
    name,
    partitionIndexes: those.map(({ partition }) => partition),
  }))
}
