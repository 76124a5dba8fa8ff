/** What OffsetCommit and TxnOffsetCommit have in common. */
import type { TopicPartition } from '../record.ts'
import { errorCode } from '../wire/errors.ts'
import type { Broker } from './broker.ts'
import type { Position } from './groups/offsets.ts'

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

/** Writes each position that is in order, and answers for all; nothing is written when `code` refuses the whole. */
export function commitPositions(
  topics: readonly WantedTopic[],
  code: number,
  broker: Broker,
  write: (partition: TopicPartition, position: Position) => void,
): AnsweredTopic[] {
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((wanted) => {
      const { partitionIndex: partition, committedOffset, committedLeaderEpoch } = wanted
      const metadata = wanted.committedMetadata ?? ''
      const problem = code || problemOf({ topic: name, partition }, metadata, broker)
      if (problem === errorCode.NONE) {
        write({ topic: name, partition }, { offset: committedOffset, leaderEpoch: committedLeaderEpoch, metadata })
      }
      return { partitionIndex: partition, errorCode: problem }
    }),
  }))
}

/** The answer that refuses every position. */
export function refusePositions(topics: readonly WantedTopic[], code: number): AnsweredTopic[] {
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code })),
  }))
}

function problemOf({ topic, partition }: TopicPartition, metadata: string, broker: Broker): number {
  if (broker.topics.log(topic, partition) === undefined) return errorCode.UNKNOWN_TOPIC_OR_PARTITION
  return Buffer.byteLength(metadata) > longestMetadata ? errorCode.OFFSET_METADATA_TOO_LARGE : errorCode.NONE
}
