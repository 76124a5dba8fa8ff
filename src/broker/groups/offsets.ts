/**
 * The positions of a group, and those staged by transactions that are not decided yet (KIP-98, KIP-447).
 * Positions stay until the group or the topic is deleted; Kafka forgets them after a week without members.
 */
import { partitionName, type TopicPartition } from '../../record.ts'

export interface Position {
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
}

interface Written extends TopicPartition, Position {
  /** Order of writing: an older staged position does not replace a newer one. */
  readonly sequence: number
}

export class GroupOffsets {
  readonly #committed: Map<string, Written> = new Map()
  /** By producer id. */
  readonly #staged: Map<number, Map<string, Written>> = new Map()
  #sequence = 0

  commit(partition: TopicPartition, position: Position): void {
    this.#committed.set(partitionName(partition), this.#written(partition, position))
  }

  /** Keeps a position back until the producer's transaction is decided. */
  stage(producerId: number, partition: TopicPartition, position: Position): void {
    const staged = this.#staged.get(producerId) ?? new Map<string, Written>()
    this.#staged.set(producerId, staged)
    staged.set(partitionName(partition), this.#written(partition, position))
  }

  /** The marker of a transaction has arrived. */
  settle(producerId: number, ending: 'commit' | 'abort'): void {
    const staged = this.#staged.get(producerId)
    this.#staged.delete(producerId)
    if (staged === undefined || ending === 'abort') return
    for (const [name, written] of staged) {
      if (written.sequence > (this.#committed.get(name)?.sequence ?? -1)) this.#committed.set(name, written)
    }
  }

  get(partition: TopicPartition): Position | undefined {
    return this.#committed.get(partitionName(partition))
  }

  /** Whether a transaction that is not decided has staged a position for the partition. */
  isUnstable(partition: TopicPartition): boolean {
    const name = partitionName(partition)
    for (const staged of this.#staged.values()) if (staged.has(name)) return true
    return false
  }

  /** Every partition with a position, committed or staged. */
  partitions(): TopicPartition[] {
    const all = new Map<string, TopicPartition>(this.#committed)
    for (const staged of this.#staged.values()) for (const [name, written] of staged) all.set(name, written)
    return [...all.values()].map(({ topic, partition }) => ({ topic, partition }))
  }

  get hasStaged(): boolean {
    return this.#staged.size > 0
  }

  forgetTopic(topic: string): void {
    for (const positions of [this.#committed, ...this.#staged.values()]) {
      for (const [name, written] of positions) if (written.topic === topic) positions.delete(name)
    }
  }

  #written({ topic, partition }: TopicPartition, position: Position): Written {
    return { ...position, topic, partition, sequence: this.#sequence++ }
  }
}
