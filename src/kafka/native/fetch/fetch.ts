/** The Fetch request and its answer by partition. */
import { partitionName, type TopicPartition } from '../../../record.ts'
import { Fetch } from '../../../wire/apis/01-fetch.ts'
import { type RecordBatch, readBatches } from '../../../wire/batch.ts'
import { errorCode } from '../../../wire/errors.ts'
import { type Response, zeroUuid } from '../../../wire/schema.ts'
import { WireError } from '../../../wire/wire-error.ts'
import { byTopic } from '../../by-topic.ts'
import { refusal } from '../../faults.ts'
import { KafkaError } from '../../port.ts'
import type { Cluster, Purpose } from '../cluster/cluster.ts'
import { committedOnly } from './aborted.ts'
import type { Portion } from './feed.ts'

export type Isolation = 'read_committed' | 'read_uncommitted'

export interface FetchOptions {
  readonly isolation: Isolation
  readonly purpose: Purpose
  readonly maxBytes: number
  readonly partitionMaxBytes: number
  readonly maxWaitMilliseconds: number
  /** Ours, where a replica in it may be read from; empty: the leader only. */
  readonly rackId: string
}

export interface Wanted {
  readonly place: TopicPartition
  readonly position: number
  /** In which the position was found to be right: a leader of another epoch refuses it (KIP-320). */
  readonly leaderEpoch: number
}

/** What an answer says of one partition: data, the replica to read from (KIP-392), or why there is nothing. */
export type Answered =
  | { readonly kind: 'portion'; readonly portion: Portion }
  | { readonly kind: 'replica'; readonly node: number }
  /** `isLedElsewhere`: the answer named another leader (KIP-951), so that there is no need to look for it. */
  | { readonly kind: 'error'; readonly error: KafkaError; readonly isLedElsewhere: boolean }

export type Fetched = ReadonlyMap<string, Answered>

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
  const topics = byTopic(wanted.map((each) => ({ ...each.place, ...each })))
  const ids = new Map(topics.map(([name]) => [cluster.metadata.topic(name)?.id ?? zeroUuid, name]))
  const { maxWaitMilliseconds, maxBytes, partitionMaxBytes, isolation, rackId } = options
  const body = (version: number) => ({
    maxWaitMs: maxWaitMilliseconds,
    minBytes: 1,
    maxBytes,
    isolationLevel: isolationLevels[isolation],
    ...(version >= 7 ? noSession : {}),
    rackId,
    topics: topics.map(([name, places]) => ({
      ...(version >= topicIdVersion ? { topicId: cluster.metadata.topic(name)?.id ?? zeroUuid } : { topic: name }),
      partitions: places.map(({ partition, position, leaderEpoch }) => ({
        partition,
        currentLeaderEpoch: leaderEpoch,
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
  cluster.metadata.learnNodes(answer.nodeEndpoints)
  const positions = new Map(wanted.map(({ place, position }) => [partitionName(place), position]))
  const answerBytes = bytesOf(answer)
  const fetched = new Map<string, Answered>()
  for (const { topic, topicId, partitions } of answer.responses) {
    for (const partition of partitions) {
      const place = { topic: topic || (ids.get(topicId) ?? ''), partition: partition.partitionIndex }
      const position = positions.get(partitionName(place))
      if (position === undefined) continue
      const read = readPartition(place, partition, position, isolation, answerBytes)
      const isLedElsewhere = read.kind === 'error' && cluster.metadata.follow(place, node, partition.currentLeader)
      fetched.set(partitionName(place), isLedElsewhere ? { ...read, isLedElsewhere } : read)
    }
  }
  return fetched
}

function bytesOf(answer: Response<typeof Fetch>): number {
  let bytes = 0
  for (const { partitions } of answer.responses) for (const { records } of partitions) bytes += records?.length ?? 0
  return bytes
}

function readPartition(
  place: TopicPartition,
  partition: AnsweredPartition,
  position: number,
  isolation: Isolation,
  answerBytes: number,
): Answered {
  const { errorCode: code, highWatermark, lastStableOffset, abortedTransactions, records } = partition
  if (code === errorCode.OFFSET_OUT_OF_RANGE) return failed(outOfRange(place, position, partition))
  if (code !== 0) return failed(refusal(code, 'Fetch', partitionName(place)))
  if (partition.preferredReadReplica >= 0) return { kind: 'replica', node: partition.preferredReadReplica }
  try {
    const batches = records === null ? [] : wholeBatches(records, position)
    const aborted = isolation === 'read_committed' ? (abortedTransactions ?? []) : []
    const last = batches[batches.length - 1]
    const portion = {
      batches: committedOnly(batches, aborted),
      nextOffset: last?.nextOffset ?? position,
      lastEpoch: last?.partitionLeaderEpoch ?? -1,
      highWatermark,
      lastStableOffset,
      sizeInBytes: records?.length ?? 0,
      answerBytes,
    }
    return { kind: 'portion', portion }
  } catch (error) {
    return failed(unreadable(partitionName(place), position, error))
  }
}

function failed(error: KafkaError): Answered {
  return { kind: 'error', error, isLedElsewhere: false }
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
