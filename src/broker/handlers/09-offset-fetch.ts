/**
 * OffsetFetch.
 * Behaviour: positions by partition, -1 where there is none; null asks for all the group has. With `requireStable` a
 * partition for which an undecided transaction has staged a position answers UNSTABLE_OFFSET_COMMIT (KIP-447).
 * Version notes: 2 all positions · 5 leader epochs · 7 requireStable · 8 several groups at once · 9 member
 * epochs (KIP-848).
 */
import type { TopicPartition } from '../../record.ts'
import { OffsetFetch } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { readProblem } from '../commit-problem.ts'
import { groupCoordinatorProblem } from '../coordinator-problem.ts'
import { type AnyHandler, handler } from '../handler.ts'

const errorOfAllFrom = 2
const severalGroupsFrom = 8
const nowhere = { committedOffset: -1, committedLeaderEpoch: -1, metadata: '' }

type FetchRequest = Request<typeof OffsetFetch>
type WantedTopics = FetchRequest['topics']
type FetchResponse = ResponseInput<typeof OffsetFetch>
type TopicPositions = NonNullable<FetchResponse['groups']>[number]['topics'][number]
type Positions = TopicPositions['partitions'][number]

export const offsetFetch: AnyHandler = handler({
  api: OffsetFetch,
  execute(request, broker, caller) {
    const { requireStable, groupId } = request
    if (caller.version < severalGroupsFrom) {
      const code = groupCoordinatorProblem(broker, caller, groupId)
      if (code !== errorCode.NONE) return refuseOne(request, code, caller.version)
      return { throttleTimeMs: 0, topics: positionsOf(groupId, request.topics, requireStable, broker) }
    }
    const groups = request.groups.map((wanted) => {
      const code = groupCoordinatorProblem(broker, caller, wanted.groupId) || readProblem(broker, wanted)
      const isRefused = code !== errorCode.NONE
      const topics = isRefused ? [] : positionsOf(wanted.groupId, wanted.topics, requireStable, broker)
      return { groupId: wanted.groupId, topics, errorCode: code }
    })
    return { throttleTimeMs: 0, groups }
  },
  refuse: (request, code) =>
    request.groups.length === 0
      ? refuseOne(request, code, errorOfAllFrom)
      : {
          throttleTimeMs: 0,
          groups: request.groups.map(({ groupId }) => ({ groupId, topics: [], errorCode: code })),
        },
})

/** Before there was one error for the whole answer each partition carried it. */
function refuseOne({ topics }: FetchRequest, code: number, version: number): FetchResponse {
  if (version >= errorOfAllFrom) return { throttleTimeMs: 0, topics: [], errorCode: code }
  const refused = (topics ?? []).map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((partitionIndex) => ({ ...nowhere, partitionIndex, errorCode: code })),
  }))
  return { throttleTimeMs: 0, topics: refused }
}

function positionsOf(groupId: string, wanted: WantedTopics, requireStable: boolean, broker: Broker): TopicPositions[] {
  const topics = wanted ?? byTopic(broker.groups.get(groupId)?.offsets.committed() ?? [])
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
