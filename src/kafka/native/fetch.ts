/** The Fetch request and its answer by partition. */
import { partitionName, type TopicPartition } from '../../record.ts'
import { Fetch } from '../../wire/apis/01-fetch.ts'
import { type RecordBatch, readBatches } from '../../wire/batch.ts'
import { errorCode } from '../../wire/errors.ts'
import { type Response, zeroUuid } from '../../wire/schema.ts'
import { WireError } from '../../wire/wire-error.ts'
import { KafkaError } from '../port.ts'
import { committedOnly } from './aborted.ts'
import { byTopic } from './by-topic.ts'
import type { Cluster, Purpose } from './cluster.ts'
import { refusal } from './errors.ts'
import type { Portion } from './feed.ts'

export type Isolation = 'read_committed' | 'read_uncommitted'

export interface FetchOptions {
  readonly isolation: Isolation
  readonly purpose: Purpose
  readonly maxBytes: number
  readonly partitionMaxBytes: number
  readonly maxWaitMilliseconds: number
}

export interface Wanted {
  readonly place: TopicPartition
  readonly position: number
}

export type Fetched = ReadonlyMap<string, Portion | KafkaError>

type AnsweredPartition = Response<typeof Fetch>['responses'][number]['partitions'][number]

const isolationLevels: Readonly<Record<Isolation, number>> = { read_uncommitted: 0, read_committed: 1 }
/** The first version that names topics by id (KIP-516). */
const topicIdVersion = 13
/** Says that the request stands alone (KIP-227). */
const noSession = { sessionId: 0, sessionEpoch: -1 }

/**
 * Reads on at one node. The answer holds, by partition, what came or why nothing came.
 * @throws KafkaError when there is no answer at all
 */
export async function fetchFrom(
  cluster: Cluster,
  node: number,
  wanted: readonly Wanted[],
  options: FetchOptions,
): Promise<Fetched> {
  const topics = byTopic(wanted.map(({ place, position }) => ({ ...place, position })))
  const ids = new Map(topics.map(([name]) => [cluster.metadata.topic(name)?.id ?? zeroUuid, name]))
  const { maxWaitMilliseconds, maxBytes, partitionMaxBytes, isolation } = options
  const body = (version: number) => ({
    maxWaitMs: maxWaitMilliseconds,
    minBytes: 1,
    maxBytes,
    isolationLevel: isolationLevels[isolation],
    ...(version >= 7 ? noSession : {}),
    topics: topics.map(([name, places]) => ({
      ...(version >= topicIdVersion ? { topicId: cluster.metadata.topic(name)?.id ?? zeroUuid } : { topic: name }),
      partitions: places.map(({ topic, partition, position }) => ({
        partition,
        currentLeaderEpoch: cluster.metadata.leaderEpoch({ topic, partition }),
        fetchOffset: position,
        partitionMaxBytes,
      })),
    })),
  })
  const answer = await cluster.link(node, options.purpose).request(Fetch, body, {
    cap: ids.has(zeroUuid) ? topicIdVersion - 1 : Number.POSITIVE_INFINITY,
    timeout: maxWaitMilliseconds + cluster.config.requestTimeout,
  })
  if (answer.errorCode !== 0) throw refusal(answer.errorCode, 'Fetch', `node ${node}`)
  return readAnswer(answer, ids, wanted, isolation)
}

function readAnswer(
  answer: Response<typeof Fetch>,
  ids: ReadonlyMap<string, string>,
  wanted: readonly Wanted[],
  isolation: Isolation,
): Fetched {
  const positions = new Map(wanted.map(({ place, position }) => [partitionName(place), position]))
  const fetched = new Map<string, Portion | KafkaError>()
  for (const { topic, topicId, partitions } of answer.responses) {
    for (const partition of partitions) {
      const place = { topic: topic || (ids.get(topicId) ?? ''), partition: partition.partitionIndex }
      const name = partitionName(place)
      const position = positions.get(name)
      if (position !== undefined) fetched.set(name, readPartition(place, partition, position, isolation))
    }
  }
  return fetched
}

function readPartition(
  place: TopicPartition,
  partition: AnsweredPartition,
  position: number,
  isolation: Isolation,
): Portion | KafkaError {
  if (partition.errorCode === errorCode.OFFSET_OUT_OF_RANGE) return outOfRange(place, position, partition)
  if (partition.errorCode !== 0) return refusal(partition.errorCode, 'Fetch', partitionName(place))
  const { highWatermark, lastStableOffset, abortedTransactions, records } = partition
  try {
    const batches = records === null ? [] : wholeBatches(records, position)
    const aborted = isolation === 'read_committed' ? (abortedTransactions ?? []) : []
    return {
      batches: committedOnly(batches, aborted),
      nextOffset: batches.length === 0 ? position : batches[batches.length - 1]!.nextOffset,
      highWatermark,
      lastStableOffset,
      sizeInBytes: records?.length ?? 0,
    }
  } catch (error) {
    return unreadable(partitionName(place), position, error)
  }
}

/** @throws WireError when bytes were changed on their way */
function wholeBatches(records: Buffer, position: number): RecordBatch[] {
  const batches = readBatches(records).filter(({ nextOffset }) => nextOffset > position)
  for (const batch of batches) {
    if (!batch.isCrcValid()) throw new WireError('corrupt', `the checksum of the batch at ${batch.baseOffset} is wrong`)
  }
  return batches
}

function outOfRange(place: TopicPartition, position: number, { logStartOffset }: AnsweredPartition): KafkaError {
  const begins = logStartOffset < 0 ? '' : `, which begins at ${logStartOffset}`
  const message = `Offset ${position} of ${partitionName(place)} is not in the log${begins}`
  return new KafkaError('out-of-range', 'OFFSET_OUT_OF_RANGE', 'Fetch', message, { partition: place })
}

function unreadable(name: string, position: number, cause: unknown): KafkaError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const message = `What Kafka holds of ${name} from offset ${position} on can't be read: ${why}`
  return new KafkaError('retriable', 'CORRUPT_MESSAGE', 'Fetch', message, { cause })
}
