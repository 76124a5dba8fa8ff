/**
 * Produce.
 * Behaviour: one batch a partition, checked, given its offset, copied once. All acknowledgements mean the same, since
 * there is one copy; 0 means no answer. Under protocol 2 the first batch of a transaction makes the partition part of
 * it; older clients must have said so before (KIP-890).
 * Version notes: 5 log start · 8 messages of errors · 10 leader hints (KIP-951) · 11 TRANSACTION_ABORTABLE ·
 * 12 implicit enrolment.
 * A topic's own `compression.type` is applied; compression levels are shown and not applied.
 */
import type { TopicPartition } from '../../record.ts'
import { Produce } from '../../wire/apis/index.ts'
import type { RecordBatch } from '../../wire/batch.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, handler } from '../handler.ts'
import { transactionsPartition } from '../internal-topics.ts'
import { currentLeader, endpoints, leaderProblem } from '../leader-problem.ts'
import { accept, contentProblem } from '../log/accept.ts'
import type { PartitionLog } from '../log/log.ts'
import { raisingProtocol } from '../transactions/transaction.ts'

const leaderHintsFrom = 10
const abortableFrom = 11
const enrolsFrom = 12

interface Context {
  readonly broker: Broker
  readonly node: number
  readonly version: number
  readonly transactionalId: string | null
  /** Leaders that the client does not know. */
  readonly leaders: number[]
}

type PartitionResponse = ResponseInput<typeof Produce>['responses'][number]['partitionResponses'][number]

export const produce: AnyHandler = handler({
  api: Produce,
  // Older librdkafka decides by seeing these versions, though nobody serves them any more.
  advertised: [0, Produce.versions[1]],
  execute(request, broker, { node, version }) {
    const context: Context = { broker, node, version, transactionalId: request.transactionalId, leaders: [] }
    const isKnown = request.acks >= -1 && request.acks <= 1
    const response = answer(request, (partition, records) =>
      isKnown ? append(context, partition, records) : refuseAcks(broker, partition),
    )
    if (request.acks === 0) return null
    return context.leaders.length === 0
      ? response
      : { ...response, nodeEndpoints: endpoints(broker.nodes, context.leaders) }
  },
  refuse,
})

function refuse(request: Request<typeof Produce>, code: number): ResponseInput<typeof Produce> {
  return answer(request, ({ partition }) => refused(partition, code))
}

/** Whoever asks for acknowledgements that there are not first learns whether the partition is there. */
function refuseAcks({ topics }: Broker, { topic, partition }: TopicPartition): PartitionResponse {
  const isThere = topics.log(topic, partition) !== undefined
  return refused(partition, isThere ? errorCode.INVALID_REQUIRED_ACKS : errorCode.UNKNOWN_TOPIC_OR_PARTITION)
}

function answer(
  request: Request<typeof Produce>,
  respond: (partition: TopicPartition, records: Buffer | null) => PartitionResponse,
): ResponseInput<typeof Produce> {
  const responses = request.topicData.map(({ name, partitionData }) => ({
    name,
    partitionResponses: partitionData.map(({ index, records }) => respond({ topic: name, partition: index }, records)),
  }))
  return { responses, throttleTimeMs: 0 }
}

function append(context: Context, partition: TopicPartition, records: Buffer | null): PartitionResponse {
  const { broker, node, version } = context
  const topic = broker.topics.get(partition.topic)
  const log = topic?.partitions[partition.partition]
  if (topic === undefined || log === undefined) {
    return refused(partition.partition, errorCode.UNKNOWN_TOPIC_OR_PARTITION)
  }
  if (leaderProblem(node, log) !== errorCode.NONE) return notLeader(context, partition.partition, log)
  const accepted = accept(records, version)
  if (typeof accepted === 'number') return refused(partition.partition, accepted)
  const code =
    transactionProblem(context, partition, log, accepted) || contentProblem(accepted, topic.configs, broker.now())
  if (code !== errorCode.NONE) return refused(partition.partition, code)
  const appended = log.append(accepted, topic.configs.usesAppendTime ? broker.now() : -1)
  if (appended.errorCode !== errorCode.NONE) return refused(partition.partition, appended.errorCode)
  return {
    index: partition.partition,
    errorCode: errorCode.NONE,
    baseOffset: appended.offset,
    logAppendTimeMs: appended.appendTime,
    logStartOffset: log.startOffset,
  }
}

function notLeader({ leaders, version }: Context, index: number, log: PartitionLog): PartitionResponse {
  const refusal = refused(index, errorCode.NOT_LEADER_OR_FOLLOWER)
  if (version < leaderHintsFrom) return refusal
  leaders.push(log.leader)
  return { ...refusal, currentLeader: currentLeader(log) }
}

function refused(index: number, code: number): PartitionResponse {
  return { index, errorCode: code, baseOffset: -1, logAppendTimeMs: -1 }
}

/** Whether the batch may be written as part of its transaction. A batch after the first needs no coordinator. */
function transactionProblem(
  context: Context,
  partition: TopicPartition,
  log: PartitionLog,
  batch: RecordBatch,
): number {
  if (!batch.isTransactional) return errorCode.NONE
  const { broker, version, transactionalId } = context
  const { producerId, producerEpoch } = batch
  if (transactionalId === null) return errorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
  if (log.producers.hasOpenTransaction(producerId, producerEpoch)) return errorCode.NONE
  if (log.producers.isFenced(producerId, producerEpoch)) return errorCode.INVALID_PRODUCER_EPOCH
  if (!broker.coordinators.isReady(transactionsPartition(transactionalId))) return errorCode.NOT_ENOUGH_REPLICAS
  log.producers.expectFirst(batch, version >= enrolsFrom, broker.now())
  const identity = { producerId, producerEpoch }
  const code =
    version >= enrolsFrom
      ? broker.transactions.add(transactionalId, identity, [partition], raisingProtocol)
      : broker.transactions.verify(transactionalId, identity, partition)
  return codeFor(code, version)
}

/** The code as clients of that version understand it. */
function codeFor(code: number, version: number): number {
  if (code === errorCode.PRODUCER_FENCED) return errorCode.INVALID_PRODUCER_EPOCH
  if (code === errorCode.TRANSACTION_ABORTABLE && version < abortableFrom) return errorCode.INVALID_TXN_STATE
  // The transaction's coordinator is none of this client's business here.
  if (code === errorCode.NOT_COORDINATOR) return errorCode.NOT_ENOUGH_REPLICAS
  if (code === errorCode.CONCURRENT_TRANSACTIONS && version < enrolsFrom) return errorCode.NOT_ENOUGH_REPLICAS
  return code
}
