/** What the cluster says of itself: its nodes, its topics, who leads which partition. */
import type { TopicPartition } from '../../../record.ts'
import type { Metadata as MetadataApi } from '../../../wire/apis/03-metadata.ts'
import type { Response } from '../../../wire/schema.ts'
import type { Address } from '../connection/address.ts'

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

/** What an answer of Produce or Fetch says of a partition's new leader (KIP-951); -1 where it says nothing. */
export interface LeaderHint {
  readonly leaderId: number
  readonly leaderEpoch: number
}

export interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

const nobody: PartitionMetadata = { leader: -1, leaderEpoch: -1 }
const noTopicId = 'AAAAAAAAAAAAAAAAAAAAAA'

/**
 * The last that was heard, but never a leader older than one heard of before: a broker may be behind the others, and who
 * believes it reads from, or writes to, a leader that was replaced (KIP-320). Asking is the cluster's business.
 */
export class Metadata {
  readonly #nodes = new Map<number, Address>()
  readonly #topics = new Map<string, TopicMetadata>()
  readonly #names = new Map<string, string>()
  /** The newest leader epochs heard of, by topic: they outlive answers that know nothing of the topic. */
  readonly #epochs = new Map<string, { readonly id: string; readonly epochs: number[] }>()
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

  /** Nodes that an answer names beside the leaders it hints at. */
  learnNodes(endpoints: readonly NodeEndpoint[]): void {
    for (const { nodeId, host, port } of endpoints) this.#nodes.set(nodeId, { host, port })
  }

  /**
   * Takes in a hint (KIP-951). True when it is news: a node we can find leads, and its epoch is newer than all we know.
   * @example if (metadata.hint(place, { leaderId: 2, leaderEpoch: 7 })) sendAgainAtOnce()
   */
  hint(place: TopicPartition, { leaderId, leaderEpoch }: LeaderHint): boolean {
    const topic = this.#topics.get(place.topic)
    if (topic?.partitions[place.partition] === undefined || !this.#nodes.has(leaderId)) return false
    const seen = this.#epochsOf(topic.name, topic.id)
    if (leaderEpoch <= (seen[place.partition] ?? -1)) return false
    seen[place.partition] = leaderEpoch
    const partitions = topic.partitions.with(place.partition, { leader: leaderId, leaderEpoch })
    this.#topics.set(topic.name, { ...topic, partitions })
    return true
  }

  /** Takes in the hint of an answer from `asked`. True when the leader is now known to be the hinted node, another one. */
  follow(place: TopicPartition, asked: number, hint: LeaderHint): boolean {
    this.hint(place, hint)
    return hint.leaderId >= 0 && hint.leaderId !== asked && this.leader(place) === hint.leaderId
  }

  #learnTopic(name: string, topic: Response<typeof MetadataApi>['topics'][number]): void {
    const before = this.#topics.get(name)
    const partitions: PartitionMetadata[] = Array.from({ length: topic.partitions.length }, () => nobody)
    const seen = topic.partitions.length === 0 ? [] : this.#epochsOf(name, topic.topicId)
    for (const { partitionIndex, leaderId, leaderEpoch } of topic.partitions) {
      if (partitionIndex >= partitions.length) continue
      const isOld = leaderEpoch >= 0 && leaderEpoch < (seen[partitionIndex] ?? -1)
      const known = before?.partitions[partitionIndex] ?? nobody
      partitions[partitionIndex] = isOld ? known : { leader: leaderId, leaderEpoch }
      if (!isOld && leaderEpoch >= 0) seen[partitionIndex] = leaderEpoch
    }
    if (before !== undefined) this.#names.delete(before.id)
    if (topic.topicId !== noTopicId) this.#names.set(topic.topicId, name)
    this.#topics.set(name, { name, id: topic.topicId, errorCode: topic.errorCode, partitions })
  }

  /** A topic that was deleted and made anew has another id, and its epochs begin anew. */
  #epochsOf(name: string, id: string): number[] {
    const known = this.#epochs.get(name)
    if (known?.id === id) return known.epochs
    const epochs: number[] = []
    this.#epochs.set(name, { id, epochs })
    return epochs
  }
}
