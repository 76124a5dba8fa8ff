/**
 * The broker's own topics: `__consumer_offsets` for groups and their positions, `__transaction_state` for transactions.
 * They are ordinary compacted topics, made when somebody first needs them, as in Kafka. The leader of the partition a
 * name falls into coordinates what has that name.
 */
import type { TopicPartition } from '../record.ts'
import type { PartitionLog } from './log/log.ts'
import type { Topic, Topics } from './topics.ts'

export const offsetsTopic = '__consumer_offsets'
export const transactionsTopic = '__transaction_state'

export type InternalTopic = typeof offsetsTopic | typeof transactionsTopic

/** Kafka's `offsets.topic.num.partitions` and `transaction.state.log.num.partitions`. */
export const internalPartitions = 50

const configs: ReadonlyMap<string, string> = new Map([
  ['cleanup.policy', 'compact'],
  ['compression.type', 'producer'],
  // Smaller than Kafka's: what is closed can be compacted, and much of it is in memory here.
  ['segment.bytes', String(1024 * 1024)],
])

/**
 * The partition that holds a group and its positions.
 * @example offsetsPartition('billing') // { topic: '__consumer_offsets', partition: 23 }
 */
export function offsetsPartition(groupId: string): TopicPartition {
  return { topic: offsetsTopic, partition: indexOf(groupId) }
}

/** The partition that holds the transactions of a transactional id. */
export function transactionsPartition(transactionalId: string): TopicPartition {
  return { topic: transactionsTopic, partition: indexOf(transactionalId) }
}

export class InternalTopics {
  readonly #topics: Topics

  constructor(topics: Topics) {
    this.#topics = topics
  }

  /** The topic, made when there is none. */
  obtain(name: InternalTopic): Topic {
    return this.#topics.get(name) ?? this.#topics.create(name, internalPartitions, configs)
  }

  /** The log of one of its partitions, made when there is none. */
  log({ topic, partition }: TopicPartition): PartitionLog {
    return this.obtain(topic as InternalTopic).partitions[partition]!
  }

  /** The log of one of its partitions, undefined while nobody has needed the topic. */
  existing({ topic, partition }: TopicPartition): PartitionLog | undefined {
    return this.#topics.log(topic, partition)
  }
}

/** The absolute value of Java's hash of the text; of the one that has none, 0. */
function indexOf(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash === -0x80000000 ? 0 : Math.abs(hash) % internalPartitions
}
