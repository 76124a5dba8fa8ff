/** The Produce request, its answer by partition, and the errors around it. */
import { partitionName, type TopicPartition } from '../../../record.ts'
import { Produce } from '../../../wire/apis/00-produce.ts'
import { errorCode } from '../../../wire/errors.ts'
import type { Response } from '../../../wire/schema.ts'
import { byTopic } from '../../by-topic.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { isUnsent } from '../errors.ts'

const allReplicas = -1

/** What became of one batch. */
export interface Outcome {
  readonly code: number
  readonly offset: number
  readonly message: string | null
  /** The answer named a leader newer than the one that was asked: there is no need to look for it. */
  readonly isLedElsewhere: boolean
}

export interface ProducedBatch extends TopicPartition {
  readonly records: Buffer
}

/** Sends one batch per partition. The outcome by partition, or the error that all of them share. */
export async function produce(
  cluster: Cluster,
  node: number,
  batches: readonly ProducedBatch[],
  { transactionalId, cap }: { readonly transactionalId: string | null; readonly cap: number },
): Promise<ReadonlyMap<string, Outcome> | KafkaError> {
  const topicData = byTopic(batches).map(([name, ofTopic]) => ({
    name,
    partitionData: ofTopic.map(({ partition, records }) => ({ index: partition, records })),
  }))
  const timeoutMs = cluster.config.requestTimeout
  const body = () => ({ transactionalId, acks: allReplicas, timeoutMs, topicData })
  try {
    return outcomesOf(cluster, node, await cluster.link(node, 'data').request(Produce, body, { cap }))
  } catch (error) {
    if (error instanceof KafkaError) return error
    throw error
  }
}

function outcomesOf(cluster: Cluster, node: number, answer: Response<typeof Produce>): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>()
  cluster.metadata.learnNodes(answer.nodeEndpoints)
  for (const { name, partitionResponses } of answer.responses) {
    for (const { index, errorCode: code, baseOffset, errorMessage, currentLeader } of partitionResponses) {
      const place = { topic: name, partition: index }
      const isLedElsewhere = code !== 0 && cluster.metadata.follow(place, node, currentLeader)
      outcomes.set(partitionName(place), { code, offset: baseOffset, message: errorMessage, isLedElsewhere })
    }
  }
  return outcomes
}

/** False only where it is certain that the transaction knows nothing of the batch. */
export function mayHaveReached(outcome: Outcome | KafkaError | undefined): boolean {
  if (outcome === undefined) return true
  return outcome instanceof KafkaError ? !isUnsent(outcome) : outcome.code !== errorCode.CONCURRENT_TRANSACTIONS
}

export function isGapError(code: number): boolean {
  return code === errorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
}

/** What is said when patience is over: a batch whose answer was lost once may be in the log. */
export function finalOf(error: KafkaError, wasLost: boolean, isTransactional: boolean): KafkaError {
  const isUnknownTopic = error.reason === 'UNKNOWN_TOPIC_OR_PARTITION'
  const fault = wasLost ? 'unknown-outcome' : isUnknownTopic ? 'fatal' : isTransactional ? 'abortable' : error.fault
  return fault === error.fault
    ? error
    : new KafkaError(fault, error.reason, error.request, error.message, { cause: error })
}

/** For a batch that stays unsent because an earlier one failed. */
export function afterFailure(error: KafkaError): KafkaError {
  if (error.reason === 'CLOSED' || error.reason === 'ABORTED') return error
  const message = `Not sent, because an earlier batch of this producer failed: ${error.message}`
  const fault = error.fault === 'fenced' || error.fault === 'unknown-outcome' ? error.fault : 'abortable'
  return new KafkaError(fault, error.reason, 'Produce', message, { cause: error })
}

export function emptyBatch(place: TopicPartition): KafkaError {
  return new KafkaError('rejected', 'EMPTY_BATCH', 'Produce', `A batch for ${partitionName(place)} holds no records`)
}

export function missing(place: TopicPartition): KafkaError {
  const message = `The broker's answer to Produce does not mention ${partitionName(place)}`
  return new KafkaError('unknown-outcome', 'PROTOCOL', 'Produce', message)
}

export function leaderless(place: TopicPartition): KafkaError {
  const message = `Nobody leads ${partitionName(place)}, or there is no such partition`
  return new KafkaError('fatal', 'UNKNOWN_TOPIC_OR_PARTITION', 'Produce', message)
}
