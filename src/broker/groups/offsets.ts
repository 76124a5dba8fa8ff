/**
 * The positions of a group, and those staged by transactions that are not decided yet (KIP-98, KIP-447): a fold over
 * the records of its partition, so that reading them again gives the same.
 */
import { partitionName, type TopicPartition } from '../../record.ts'

export interface Position {
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
  /** When it ends, where an old client has said so; else its group decides. */
  readonly expireTime?: number
}

export interface Written extends TopicPartition, Position {
  readonly commitTime: number
  /** Offset of its record: an older staged position does not replace a newer one. */
  readonly sequence: number
}

export class GroupOffsets {
  readonly #committed: Map<string, Written> = new Map()
  /** By producer id. */
  readonly #staged: Map<number, Map<string, Written>> = new Map()

  commit(written: Written): void {
    this.#committed.set(partitionName(written), written)
  }

  /** Keeps a position back until the producer's transaction is decided. */
  stage(producerId: number, written: Written): void {
    const staged = this.#staged.get(producerId) ?? new Map<string, Written>()
    this.#staged.set(producerId, staged)
    staged.set(partitionName(written), written)
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

  /** A tombstone: what is staged goes too. */
  remove(partition: TopicPartition): void {
    const name = partitionName(partition)
    this.#committed.delete(name)
    for (const [producerId, staged] of this.#staged) {
      staged.delete(name)
      if (staged.size === 0) this.#staged.delete(producerId)
    }
  }

  get(partition: TopicPartition): Written | undefined {
    return this.#committed.get(partitionName(partition))
  }

  committed(): Written[] {
    return [...this.#committed.values()]
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

  get isEmpty(): boolean {
    return this.#committed.size === 0 && this.#staged.size === 0
  }
}
