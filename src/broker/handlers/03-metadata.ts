/**
 * Metadata.
 * Behaviour: the nodes that live, and who leads what. Topics that are asked for by name and are not
 * there are created when both the broker and the client allow it.
 * Version notes: 0 an empty list asks for all topics, from 1 on null does · 10 topic ids · 12 topics by id.
 */
import { Metadata } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import { type Request, type ResponseInput, zeroUuid } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { noLeader } from '../leadership.ts'
import { type Topic, topicNameProblem } from '../topics.ts'

type MetadataRequest = Request<typeof Metadata>
type Wanted = NonNullable<MetadataRequest['topics']>[number]
type MetadataResponse = ResponseInput<typeof Metadata>
type TopicResponse = MetadataResponse['topics'][number]

/** From here on a topic may be told of without its name. */
const namelessFrom = 12

export const metadata: AnyHandler = handler({
  api: Metadata,
  execute(request, broker, { version }) {
    const wantsAll = request.topics === null || (version === 0 && request.topics.length === 0)
    const topics = wantsAll
      ? broker.topics.all().map((topic) => describe(topic, broker))
      : request.topics!.map((wanted) => look(wanted, request, broker, version))
    return { ...cluster(broker), topics }
  },
  // Without the node in it a client could not go on, so only topics are refused.
  refuse: (request, code) => ({
    throttleTimeMs: 0,
    brokers: [],
    clusterId: null,
    controllerId: -1,
    topics: (request.topics ?? []).map((wanted) => missing(wanted, code)),
  }),
})

function cluster(broker: Broker): Omit<MetadataResponse, 'topics'> {
  return {
    throttleTimeMs: 0,
    brokers: broker.nodes.alive().map(({ id, rack, address }) => ({ nodeId: id, ...address, rack })),
    clusterId: broker.clusterId,
    controllerId: broker.nodes.controller,
  }
}

function look(wanted: Wanted, request: MetadataRequest, broker: Broker, version: number): TopicResponse {
  if (wanted.name === null || wanted.topicId !== zeroUuid) {
    const topic = broker.topics.byId(wanted.topicId)
    return topic === undefined ? unknownId(wanted, version) : describe(topic, broker)
  }
  const topic = broker.topics.get(wanted.name)
  if (topic !== undefined) return describe(topic, broker)
  if (topicNameProblem(wanted.name) !== null) return missing(wanted, errorCode.INVALID_TOPIC_EXCEPTION)
  if (!broker.settings.autoCreateTopics || !request.allowAutoTopicCreation) {
    return missing(wanted, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
  }
  return describe(broker.topics.create(wanted.name, broker.settings.partitions), broker)
}

function describe({ name, id, isInternal, partitions }: Topic, { leadership }: Broker): TopicResponse {
  return {
    errorCode: errorCode.NONE,
    name,
    topicId: id,
    isInternal,
    partitions: partitions.map((log, partitionIndex) => ({
      errorCode: log.leader === noLeader ? errorCode.LEADER_NOT_AVAILABLE : errorCode.NONE,
      partitionIndex,
      leaderId: log.leader,
      leaderEpoch: log.leaderEpoch,
      replicaNodes: log.replicas,
      isrNodes: leadership.inSync(log),
      offlineReplicas: leadership.offline(log),
    })),
  }
}

/** A topic asked for by id has no name to show; versions that must have one get an empty one. */
function unknownId(wanted: Wanted, version: number): TopicResponse {
  const refusal = missing(wanted, errorCode.UNKNOWN_TOPIC_ID)
  return version < namelessFrom ? refusal : { ...refusal, name: null }
}

function missing({ name, topicId }: Wanted, code: number): TopicResponse {
  return { errorCode: code, name: name ?? '', topicId, isInternal: false, partitions: [] }
}
