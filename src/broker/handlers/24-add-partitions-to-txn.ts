/**
 * AddPartitionsToTxn.
 * Behaviour: all partitions or none; one that is not there fails them all.
 * Version notes: 2 PRODUCER_FENCED, INVALID_PRODUCER_EPOCH before · 4 several transactions at once, meant for brokers
 * among themselves, and served to whoever asks: there are no rights here.
 */
import type { TopicPartition } from '../../record.ts'
import { AddPartitionsToTxn } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { transactionCoordinatorProblem } from '../coordinator-problem.ts'
import { type AnyHandler, type Caller, handler } from '../handler.ts'
import type { ProducerIdentity } from '../transactions/identity.ts'
import { raisingProtocol } from '../transactions/transaction.ts'
import { fencedCode } from '../versions.ts'

const fencedFrom = 2
const severalFrom = 4

type AddRequest = Request<typeof AddPartitionsToTxn>
type Topics = AddRequest['v3AndBelowTopics']
type Results = NonNullable<ResponseInput<typeof AddPartitionsToTxn>['resultsByTopicV3AndBelow']>

export const addPartitionsToTxn: AnyHandler = handler({
  api: AddPartitionsToTxn,
  execute(request, broker, caller) {
    const { version } = caller
    if (version >= severalFrom) return several(request, broker, caller)
    const { v3AndBelowTransactionalId: id, v3AndBelowTopics: topics } = request
    const identity = {
      producerId: request.v3AndBelowProducerId,
      producerEpoch: request.v3AndBelowProducerEpoch,
    }
    const codes = add(id, identity, topics, broker, caller)
    const results = answer(topics, (partition) => fencedCode(codes(partition), version, fencedFrom))
    return { throttleTimeMs: 0, resultsByTopicV3AndBelow: results }
  },
  refuse: (request, code) =>
    request.transactions.length > 0
      ? { throttleTimeMs: 0, errorCode: code, resultsByTransaction: [] }
      : { throttleTimeMs: 0, resultsByTopicV3AndBelow: answer(request.v3AndBelowTopics, () => code) },
})

function several(request: AddRequest, broker: Broker, caller: Caller): ResponseInput<typeof AddPartitionsToTxn> {
  const resultsByTransaction = request.transactions.map(({ transactionalId, verifyOnly, topics, ...identity }) => ({
    transactionalId,
    topicResults: verifyOnly
      ? answer(topics, verify(transactionalId, identity, topics, broker, caller))
      : answer(topics, add(transactionalId, identity, topics, broker, caller)),
  }))
  return { throttleTimeMs: 0, errorCode: errorCode.NONE, resultsByTransaction }
}

function verify(
  id: string,
  identity: ProducerIdentity,
  topics: Topics,
  broker: Broker,
  caller: Caller,
): (partition: TopicPartition) => number {
  const missing = missingOf(topics, broker)
  if (missing !== null) return missing
  const code = transactionCoordinatorProblem(broker, caller, id)
  return (partition) => code || broker.transactions.verify(id, identity, partition)
}

/** Adds all, and tells the error of each. */
function add(
  id: string,
  identity: ProducerIdentity,
  topics: Topics,
  broker: Broker,
  caller: Caller,
): (partition: TopicPartition) => number {
  const missing = missingOf(topics, broker)
  if (missing !== null) return missing
  const protocol = caller.version >= severalFrom ? raisingProtocol : 0
  const code =
    transactionCoordinatorProblem(broker, caller, id) ||
    broker.transactions.add(id, identity, partitionsOf(topics), protocol)
  return () => code
}

/** The errors of all when one is not there; null when all are. */
function missingOf(topics: Topics, broker: Broker): ((partition: TopicPartition) => number) | null {
  const isMissing = ({ topic, partition }: TopicPartition): boolean => broker.topics.log(topic, partition) === undefined
  if (!partitionsOf(topics).some(isMissing)) return null
  return (partition) =>
    isMissing(partition) ? errorCode.UNKNOWN_TOPIC_OR_PARTITION : errorCode.OPERATION_NOT_ATTEMPTED
}

function partitionsOf(topics: Topics): TopicPartition[] {
  return topics.flatMap(({ name, partitions }) => partitions.map((partition) => ({ topic: name, partition })))
}

function answer(topics: Topics, codeOf: (partition: TopicPartition) => number): Results {
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partition) => ({
      partitionIndex: partition,
      partitionErrorCode: codeOf({ topic: name, partition }),
    })),
  }))
}
