/**
 * Fetch.
 * Behaviour: whole batches as slices of the log, no copy. Waits until `minBytes` are there or `maxWaitMs` has passed;
 * under read_committed only stable bytes count, and aborted transactions are listed in the order of their markers.
 * The first batch is given even when it is larger than what was asked for.
 * Version notes: 4 isolation · 7 sessions, which are refused by answering session 0 · 12 truncation, not needed with
 * one copy · 13 topics by id.
 */
import { randomInteger } from '../../random.ts'
import { Fetch } from '../../wire/apis/index.ts'
import { errorCode } from '../../wire/errors.ts'
import type { Request, ResponseInput } from '../../wire/schema.ts'
import type { Broker } from '../broker.ts'
import { type AnyHandler, type Caller, handler } from '../handler.ts'
import type { AbortedTransaction } from '../log/aborted.ts'
import type { PartitionLog } from '../log/log.ts'
import type { Topic } from '../topics.ts'
import { waitForRecords } from '../waiting.ts'

type FetchRequest = Request<typeof Fetch>
type RequestedTopic = FetchRequest['topics'][number]
type RequestedPartition = RequestedTopic['partitions'][number]
type FetchResponse = ResponseInput<typeof Fetch>
type PartitionResponse = FetchResponse['responses'][number]['partitions'][number]

const topicIdsFrom = 13

/** One attempt to answer. */
interface Reading {
  readonly response: FetchResponse
  readonly sizeInBytes: number
  /** Whether an error has to be told now. */
  readonly isUrgent: boolean
}

export const fetch: AnyHandler = handler({
  api: Fetch,
  execute(request, broker, caller) {
    if (request.sessionId !== 0 && request.sessionEpoch > 0) {
      return { ...emptyResponse, errorCode: errorCode.FETCH_SESSION_ID_NOT_FOUND }
    }
    const attempt = (): Reading => read(request, broker, caller)
    const first = attempt()
    return isEnough(first, request) ? first.response : waitForMore(request, broker, caller, attempt)
  },
  refuse: (request, code) => ({
    ...emptyResponse,
    responses: request.topics.map(({ topic, topicId, partitions }) => ({
      topic,
      topicId,
      partitions: partitions.map(({ partition }) => refused(partition, code)),
    })),
  }),
})

const emptyResponse: FetchResponse = { throttleTimeMs: 0, errorCode: errorCode.NONE, sessionId: 0, responses: [] }

function isEnough({ sizeInBytes, isUrgent }: Reading, { minBytes, maxWaitMs, topics }: FetchRequest): boolean {
  return isUrgent || sizeInBytes >= minBytes || maxWaitMs <= 0 || topics.length === 0
}

async function waitForMore(
  request: FetchRequest,
  broker: Broker,
  { version, signal }: Caller,
  attempt: () => Reading,
): Promise<FetchResponse> {
  const logs = request.topics.flatMap((topic) => {
    const found = topicOf(topic, broker, version)
    return topic.partitions.map(({ partition }) => found?.partitions[partition]).filter((log) => log !== undefined)
  })
  const isDone = (): boolean => isEnough(attempt(), request)
  await waitForRecords({ logs, broker, signal, milliseconds: request.maxWaitMs, isDone })
  return attempt().response
}

function read(request: FetchRequest, broker: Broker, { version }: Caller): Reading {
  let left = request.maxBytes
  let sizeInBytes = 0
  let isUrgent = false
  const responses = request.topics.map((topic) => {
    const found = topicOf(topic, broker, version)
    const partitions = topic.partitions.map((wanted) => {
      const code = problem(wanted, found, version)
      if (code !== errorCode.NONE) {
        isUrgent = true
        return refused(wanted.partition, code)
      }
      const limits = { isolated: request.isolationLevel === 1, maximumBytes: left, atLeastOne: sizeInBytes === 0 }
      const result = readPartition(wanted, found!.partitions[wanted.partition]!, limits, broker)
      sizeInBytes += result.sizeInBytes
      left = Math.max(0, left - result.sizeInBytes)
      return result.response
    })
    return { topic: topic.topic, topicId: topic.topicId, partitions }
  })
  return { response: { ...emptyResponse, responses }, sizeInBytes, isUrgent }
}

function topicOf({ topic, topicId }: RequestedTopic, broker: Broker, version: number): Topic | undefined {
  return version >= topicIdsFrom ? broker.topics.byId(topicId) : broker.topics.get(topic)
}

function problem(wanted: RequestedPartition, topic: Topic | undefined, version: number): number {
  const log = topic?.partitions[wanted.partition]
  if (topic === undefined && version >= topicIdsFrom) return errorCode.UNKNOWN_TOPIC_ID
  if (log === undefined) return errorCode.UNKNOWN_TOPIC_OR_PARTITION
  if (wanted.currentLeaderEpoch > log.leaderEpoch) return errorCode.UNKNOWN_LEADER_EPOCH
  const { fetchOffset } = wanted
  return fetchOffset < log.startOffset || fetchOffset > log.endOffset ? errorCode.OFFSET_OUT_OF_RANGE : errorCode.NONE
}

interface PartitionLimits {
  /** read_committed */
  readonly isolated: boolean
  readonly maximumBytes: number
  readonly atLeastOne: boolean
}

function readPartition(
  { partition, fetchOffset, partitionMaxBytes }: RequestedPartition,
  log: PartitionLog,
  { isolated, maximumBytes, atLeastOne }: PartitionLimits,
  broker: Broker,
): { readonly response: PartitionResponse; readonly sizeInBytes: number } {
  const slices = log.read(fetchOffset, {
    below: isolated ? log.stableOffset : log.endOffset,
    maximumBytes: Math.min(partitionMaxBytes, maximumBytes),
    atLeastOne,
  })
  const response = {
    partitionIndex: partition,
    errorCode: errorCode.NONE,
    highWatermark: log.endOffset,
    lastStableOffset: log.stableOffset,
    logStartOffset: log.startOffset,
    abortedTransactions: isolated ? abortedFor(log.aborted(fetchOffset, slices.nextOffset), broker) : null,
    records: slices.parts,
  }
  return { response, sizeInBytes: slices.sizeInBytes }
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

/** An empty record set, not a null one: librdkafka refuses that. */
function refused(partitionIndex: number, code: number): PartitionResponse {
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
