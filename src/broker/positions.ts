/** What OffsetCommit and TxnOffsetCommit have in common. */
import { errorCode } from '../wire/errors.ts'
import type { Broker } from './broker.ts'
import type { Commit } from './groups/log.ts'
import { attempt } from './storage/attempt.ts'

/** Kafka's `offset.metadata.max.bytes`. */
const longestMetadata = 4096

export interface WantedTopic {
  readonly name: string
  readonly partitions: readonly {
    readonly partitionIndex: number
    readonly committedOffset: number
    readonly committedLeaderEpoch: number
    readonly committedMetadata: string | null
  }[]
}

export interface AnsweredTopic {
  readonly name: string
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[]
}

/**
 * Writes the positions that are in order, all together, and answers for all. `problem` is asked once, when there is
 * something to write: a code that refuses the whole. Topics that are not there are told first, as in Kafka.
 */
export function commitPositions(
  topics: readonly WantedTopic[],
  broker: Broker,
  problem: () => number,
  write: (commits: readonly Commit[]) => void,
): AnsweredTopic[] {
  const isKnown = (topic: string, partition: number): boolean => broker.topics.log(topic, partition) !== undefined
  const isAnyKnown = topics.some(({ name, partitions }) =>
    partitions.some((each) => isKnown(name, each.partitionIndex)),
  )
  const code = isAnyKnown ? problem() : errorCode.NONE
  const commits: Commit[] = []
  const answers = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((wanted) => {
      const { partitionIndex } = wanted
      if (!isKnown(name, partitionIndex)) return { partitionIndex, errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION }
      const ownProblem = code || metadataProblem(wanted.committedMetadata)
      if (ownProblem === errorCode.NONE) commits.push(commitOf(name, wanted))
      return { partitionIndex, errorCode: ownProblem }
    }),
  }))
  const isLost = commits.length > 0 && attempt(() => write(commits)) !== errorCode.NONE
  return isLost ? answers.map(withoutSuccess) : answers
}

/** Nothing could be written: another coordinator may do better. */
function withoutSuccess({ name, partitions }: AnsweredTopic): AnsweredTopic {
  return {
    name,
    partitions: partitions.map((each) => ({ ...each, errorCode: each.errorCode || errorCode.NOT_COORDINATOR })),
  }
}

function commitOf(topic: string, wanted: WantedTopic['partitions'][number]): Commit {
  const { partitionIndex: partition, committedOffset: offset, committedLeaderEpoch: leaderEpoch } = wanted
  return {
    partition: { topic, partition },
    position: { offset, leaderEpoch, metadata: wanted.committedMetadata ?? '' },
  }
}

/** The answer that refuses every position. */
export function refusePositions(topics: readonly WantedTopic[], code: number): AnsweredTopic[] {
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code })),
  }))
}

function metadataProblem(metadata: string | null): number {
  const isTooLong = metadata !== null && Buffer.byteLength(metadata) > longestMetadata
  return isTooLong ? errorCode.OFFSET_METADATA_TOO_LARGE : errorCode.NONE
}
