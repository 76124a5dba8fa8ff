/** What the cluster says of itself: its nodes, its topics, who leads which partition. */
import type { TopicPartition } from '../../record.ts'
import type { Metadata as MetadataApi } from '../../wire/apis/03-metadata.ts'
import type { Response } from '../../wire/schema.ts'
import type { Address } from './config.ts'

export interface PartitionMetadata {
  /** -1 while nobody leads. */
  readonly leader: number
  readonly leaderEpoch: number
}

export interface TopicMetadata {
  readonly name: string
  /** The topic's UUID in Kafka's own spelling. */
  readonly id: string
  readonly errorCode: number
  /** By partition number. */
  readonly partitions: readonly PartitionMetadata[]
}

const nobody: PartitionMetadata = { leader: -1, leaderEpoch: -1 }
const noTopicId = 'AAAAAAAAAAAAAAAAAAAAAA'

/** The last that was heard. Asking is the cluster's business; this only remembers. */
export class Metadata {
  readonly #nodes = new Map<number, Address>()
  readonly #topics = new Map<string, TopicMetadata>()
  readonly #names = new Map<string, string>()
  #controller = -1

  get nodes(): readonly number[] {
    return [...this.#nodes.keys()]
  }

  get controller(): number {
    return this.#controller
  }

  address(node: number): Address | undefined {
    return this.#nodes.get(node)
  }

  topic(name: string): TopicMetadata | undefined {
    return this.#topics.get(name)
  }

  /** The topic that has this UUID, if it was ever heard of. */
  nameOf(topicId: string): string | undefined {
    return this.#names.get(topicId)
  }

  /** Whether the topic is known and has that partition, led or not. */
  has({ topic, partition }: TopicPartition): boolean {
    return this.#topics.get(topic)?.partitions[partition] !== undefined
  }

  /** -1 when the partition is unknown or has no leader. */
  leader({ topic, partition }: TopicPartition): number {
    return this.#topics.get(topic)?.partitions[partition]?.leader ?? -1
  }

  leaderEpoch({ topic, partition }: TopicPartition): number {
    return this.#topics.get(topic)?.partitions[partition]?.leaderEpoch ?? -1
  }

  /** Takes in an answer; topics it does not mention stay as they were. */
  learn(answer: Response<typeof MetadataApi>): void {
    // An answer without nodes comes from a broker that is starting: it knows less than we do.
    if (answer.brokers.length > 0) this.#nodes.clear()
    for (const { nodeId, host, port } of answer.brokers) this.#nodes.set(nodeId, { host, port })
    this.#controller = answer.controllerId
    for (const topic of answer.topics) {
      if (topic.name !== null) this.#learnTopic(topic.name, topic)
    }
  }

  #learnTopic(name: string, topic: Response<typeof MetadataApi>['topics'][number]): void {
    const partitions: PartitionMetadata[] = Array.from({ length: topic.partitions.length }, () => nobody)
    for (const { partitionIndex, leaderId, leaderEpoch } of topic.partitions) {
      if (partitionIndex < partitions.length) partitions[partitionIndex] = { leader: leaderId, leaderEpoch }
    }
    const before = this.#topics.get(name)
    if (before !== undefined) this.#names.delete(before.id)
    if (topic.topicId !== noTopicId) this.#names.set(topic.topicId, name)
    this.#topics.set(name, { name, id: topic.topicId, errorCode: topic.errorCode, partitions })
  }
}
