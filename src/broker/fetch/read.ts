/** One attempt to answer a Fetch: every partition is read, within the limits of the request. */
import { randomInteger } from '../../random.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Broker } from '../broker.ts'
import type { Caller } from '../handler.ts'
import { currentLeader, leaderProblem, replicaProblem } from '../leader-problem.ts'
import type { AbortedTransaction } from '../log/aborted.ts'
import type { PartitionLog } from '../log/log.ts'
import type { Topic } from '../topics.ts'
import { preferredReplica } from './replica.ts'
import {
  type FetchRequest,
  type PartitionReading,
  type PartitionResponse,
  topicIdsFrom,
  type Wanted,
} from './wanted.ts'

const anyReplicaFrom = 11
const leaderHintsFrom = 16

export interface Reading {
  readonly partitions: readonly PartitionReading[]
  readonly sizeInBytes: number
  /** Whether there is something to tell that does not wait for records. */
  readonly isUrgent: boolean
  /** Leaders that the client does not know. */
  readonly leaders: readonly number[]
}

export interface Question {
  readonly request: FetchRequest
  readonly broker: Broker
  readonly caller: Caller
}

export function read(wanted: readonly Wanted[], question: Question): Reading {
  const leaders: number[] = []
  let left = question.request.maxBytes
  let sizeInBytes = 0
  let isUrgent = false
  const partitions = wanted.map((one) => {
    const topic = topicOf(one, question)
    const log = topic?.partitions[one.partition]
    const limits = { maximumBytes: left, atLeastOne: sizeInBytes === 0 }
    const attempt = answer(one, topic, log, limits, question)
    if ('size' in attempt) {
      sizeInBytes += attempt.size
      left = Math.max(0, left - attempt.size)
      return { wanted: one, response: attempt.response }
    }
    isUrgent = true
    if (attempt.currentLeader !== undefined) leaders.push(attempt.currentLeader.leaderId)
    return { wanted: one, response: attempt }
  })
  return { partitions, sizeInBytes, isUrgent, leaders }
}

export function topicOf({ topic, topicId }: Wanted, { broker, caller }: Question): Topic | undefined {
  return caller.version >= topicIdsFrom ? broker.topics.byId(topicId) : broker.topics.get(topic)
}

/** An empty record set, not a null one: librdkafka refuses that. */
export function refused(partitionIndex: number, code: number): PartitionResponse {
  return {
    partitionIndex,
    errorCode: code,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    abortedTransactions: null,
    records: [],
  }
}

/** Of what is not there, Kafka lists no aborted transactions rather than nothing. */
function unknown(partitionIndex: number, code: number): PartitionResponse {
  return { ...refused(partitionIndex, code), abortedTransactions: [] }
}

interface Limits {
  readonly maximumBytes: number
  readonly atLeastOne: boolean
}

/** Records and their size, or an answer that has none. */
type Attempt = { readonly response: PartitionResponse; readonly size: number } | PartitionResponse

function answer(
  wanted: Wanted,
  topic: Topic | undefined,
  log: PartitionLog | undefined,
  limits: Limits,
  question: Question,
): Attempt {
  const { partition } = wanted
  const { broker, caller, request } = question
  if (log === undefined) {
    const isById = topic === undefined && caller.version >= topicIdsFrom
    return unknown(partition, isById ? errorCode.UNKNOWN_TOPIC_ID : errorCode.UNKNOWN_TOPIC_OR_PARTITION)
  }
  const code = nodeProblem(wanted, log, caller)
  if (code !== errorCode.NONE) return misled(refused(partition, code), log, caller)
  const { fetchOffset } = wanted
  if (fetchOffset < log.startOffset || fetchOffset > log.endOffset) {
    return refused(partition, errorCode.OFFSET_OUT_OF_RANGE)
  }
  const divergence = divergenceOf(wanted, log)
  if (divergence !== null) return divergence
  const replica = preferredReplica(caller, request.rackId, log, broker)
  if (replica !== null) return { ...whereabouts(partition, log), preferredReadReplica: replica }
  return readPartition(wanted, log, limits, question)
}

/** Readers may ask any replica (KIP-392), if they are of a version that can be sent to one. */
function nodeProblem({ currentLeaderEpoch }: Wanted, log: PartitionLog, { node, version }: Caller): number {
  return version >= anyReplicaFrom
    ? replicaProblem(node, log, currentLeaderEpoch)
    : leaderProblem(node, log, currentLeaderEpoch)
}

function misled(response: PartitionResponse, log: PartitionLog, { version }: Caller): PartitionResponse {
  const isHinted =
    response.errorCode === errorCode.NOT_LEADER_OR_FOLLOWER || response.errorCode === errorCode.FENCED_LEADER_EPOCH
  return isHinted && version >= leaderHintsFrom ? { ...response, currentLeader: currentLeader(log) } : response
}

/** A reader whose last batch was written in an epoch that ended before it has read what was lost (KIP-595). */
function divergenceOf(
  { partition, fetchOffset, lastFetchedEpoch }: Wanted,
  log: PartitionLog,
): PartitionResponse | null {
  if (lastFetchedEpoch < 0) return null
  const { epoch, endOffset } = log.endOfEpoch(lastFetchedEpoch)
  if (epoch < 0) return refused(partition, errorCode.OFFSET_OUT_OF_RANGE)
  if (epoch >= lastFetchedEpoch && endOffset >= fetchOffset) return null
  return { ...whereabouts(partition, log), divergingEpoch: { epoch, endOffset } }
}

function whereabouts(partitionIndex: number, log: PartitionLog): PartitionResponse {
  return {
    partitionIndex,
    errorCode: errorCode.NONE,
    highWatermark: log.endOffset,
    lastStableOffset: log.stableOffset,
    logStartOffset: log.startOffset,
    abortedTransactions: null,
    records: [],
  }
}

function readPartition(wanted: Wanted, log: PartitionLog, limits: Limits, { request, broker }: Question): Attempt {
  const { partition, fetchOffset, partitionMaxBytes } = wanted
  const isCommittedOnly = request.isolationLevel === 1
  const slices = log.read(fetchOffset, {
    below: isCommittedOnly ? log.stableOffset : log.endOffset,
    maximumBytes: Math.min(partitionMaxBytes, limits.maximumBytes),
    atLeastOne: limits.atLeastOne,
  })
  const response = {
    partitionIndex: partition,
    errorCode: errorCode.NONE,
    highWatermark: log.endOffset,
    lastStableOffset: log.stableOffset,
    logStartOffset: log.startOffset,
    abortedTransactions: isCommittedOnly ? abortedFor(log.aborted(fetchOffset, slices.nextOffset), broker) : null,
    records: slices.parts,
  }
  return { response, size: slices.sizeInBytes }
}

/** Shuffled on request: clients may rely on no order. */
function abortedFor(aborted: AbortedTransaction[], broker: Broker): { producerId: number; firstOffset: number }[] {
  const { shuffleAborted, random } = broker.settings
  if (shuffleAborted) {
    for (let last = aborted.length - 1; last > 0; last--) {
      const other = randomInteger(random, 0, last)
      ;[aborted[last], aborted[other]] = [aborted[other]!, aborted[last]!]
    }
  }
  return aborted.map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
}
