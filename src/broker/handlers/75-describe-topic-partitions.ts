/**
 * DescribeTopicPartitions (KIP-966).
 * Behaviour: topics in the order of their names, all where none is named, up to so many partitions; the cursor says
 * where the next request goes on. Nobody has eligible leaders beside the replicas in sync.
 */
import { DescribeTopicPartitions } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { type Request, type ResponseInput, zeroUuid } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { noLeader } from '../leadership.ts'
import { type Topic, topicNameProblem } from '../topics.ts'

type DescribeRequest = Request<typeof DescribeTopicPartitions>
type DescribeResponse = ResponseInput<typeof DescribeTopicPartitions>
type TopicResponse = DescribeResponse['topics'][number]

/** Kafka's `max.request.partition.size.limit`. */
const mostPartitions = 2_000
const rightsNotAsked = -2147483648

export const describeTopicPartitions: AnyHandler = handler({
  api: DescribeTopicPartitions,
  execute: (request, broker) =>
    isCursorValid(request)
      ? { throttleTimeMs: 0, ...page(request, broker) }
      : refuse(request, errorCode.INVALID_REQUEST),
  refuse,
})

function refuse({ topics }: DescribeRequest, code: number): DescribeResponse {
  return { throttleTimeMs: 0, topics: topics.map(({ name }) => missing(name, code)), nextCursor: null }
}

/** Where topics are named, the one to go on with is among them. */
function isCursorValid({ topics, cursor }: DescribeRequest): boolean {
  if (cursor === null) return true
  const isNamed = topics.length === 0 || topics.some(({ name }) => name === cursor.topicName)
  return isNamed && cursor.partitionIndex >= 0
}

function page(
  { topics, cursor, responsePartitionLimit }: DescribeRequest,
  broker: Broker,
): Pick<DescribeResponse, 'topics' | 'nextCursor'> {
  const names = topics.length === 0 ? broker.topics.all().map(({ name }) => name) : topics.map(({ name }) => name)
  const ordered = [...new Set(names)].toSorted().filter((name) => cursor === null || name >= cursor.topicName)
  let left = Math.min(mostPartitions, Math.max(1, responsePartitionLimit))
  const told: TopicResponse[] = []
  for (const name of ordered) {
    const topic = broker.topics.get(name)
    const from = cursor?.topicName === name ? cursor.partitionIndex : 0
    if (left === 0) return { topics: told, nextCursor: { topicName: name, partitionIndex: from } }
    if (topic === undefined) {
      told.push(missing(name, topicNameProblem(name) === null ? unknown : errorCode.INVALID_TOPIC_EXCEPTION))
      continue
    }
    const described = describe(topic, from, left, broker)
    told.push(described)
    left -= described.partitions.length
    const next = from + described.partitions.length
    if (next < topic.partitions.length) return { topics: told, nextCursor: { topicName: name, partitionIndex: next } }
  }
  return { topics: told, nextCursor: null }
}

const unknown = errorCode.UNKNOWN_TOPIC_OR_PARTITION

function describe(topic: Topic, from: number, count: number, { leadership }: Broker): TopicResponse {
  const partitions = topic.partitions.slice(from, from + count).map((log, index) => ({
    errorCode: log.leader === noLeader ? errorCode.LEADER_NOT_AVAILABLE : errorCode.NONE,
    partitionIndex: from + index,
    leaderId: log.leader,
    leaderEpoch: log.leaderEpoch,
    replicaNodes: log.replicas,
    isrNodes: leadership.inSync(log),
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    offlineReplicas: leadership.offline(log),
  }))
  return {
    errorCode: errorCode.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: topic.isInternal,
    partitions,
    topicAuthorizedOperations: rightsNotAsked,
  }
}

function missing(name: string, code: number): TopicResponse {
  return {
    errorCode: code,
    name,
    topicId: zeroUuid,
    isInternal: false,
    partitions: [],
    topicAuthorizedOperations: rightsNotAsked,
  }
}
