/**
 * Which node coordinates what: the leader of the partition of `__consumer_offsets` that a group falls into, and of
 * `__transaction_state` for a transactional id. A coordinator that moves is loaded anew from that partition's log;
 * until it has been, it answers COORDINATOR_LOAD_IN_PROGRESS.
 */
import type { Timer } from '../clock.ts'
import { partitionName, type TopicPartition } from '../record.ts'
import { errorCode } from '../wire/errors.ts'
import { type InternalTopics, offsetsTopic, transactionsTopic } from './internal-topics.ts'
import { noLeader } from './leadership.ts'
import type { Timers } from './timers.ts'

/** What lives in the partitions of one internal topic. */
export interface Loadable {
  /** Rebuilds the state that the partition's log holds. */
  load(partition: number): void
  /** Forgets it; whoever waits for it is told NOT_COORDINATOR. */
  unload(partition: number): void
}

export class Coordinators {
  readonly #internal: InternalTopics
  readonly #timers: Timers
  readonly #owners: Readonly<Record<string, () => Loadable | undefined>>
  readonly #loading: Map<string, Timer> = new Map()
  #loadMilliseconds = 0

  constructor(internal: InternalTopics, timers: Timers, groups: () => Loadable, transactions: () => Loadable) {
    this.#internal = internal
    this.#timers = timers
    this.#owners = { [offsetsTopic]: groups, [transactionsTopic]: transactions }
  }

  /** The node that coordinates; -1 when none does. */
  nodeOf(partition: TopicPartition): number {
    return this.#internal.log(partition).leader
  }

  /** Why a node does not answer for what falls into that partition; NONE when it does. */
  problem(node: number, partition: TopicPartition): number {
    if (this.nodeOf(partition) !== node) return errorCode.NOT_COORDINATOR
    return this.#loading.has(partitionName(partition)) ? errorCode.COORDINATOR_LOAD_IN_PROGRESS : errorCode.NONE
  }

  /** Whether there is a coordinator and it is loaded, whichever node it is. */
  isReady(partition: TopicPartition): boolean {
    return this.nodeOf(partition) !== noLeader && !this.#loading.has(partitionName(partition))
  }

  /** Runs `change`, and lets every coordinator that it moves take so long to load. */
  whileLoadingTakes(milliseconds: number, change: () => void): void {
    this.#loadMilliseconds = milliseconds
    try {
      change()
    } finally {
      this.#loadMilliseconds = 0
    }
  }

  /** Told of each new leader, of any topic. */
  moved(partition: TopicPartition): void {
    const owner = this.#owners[partition.topic]?.()
    if (owner === undefined) return
    const name = partitionName(partition)
    this.#loading.get(name)?.cancel()
    this.#loading.delete(name)
    owner.unload(partition.partition)
    const { leader } = this.#internal.log(partition)
    if (leader === noLeader) return
    if (this.#loadMilliseconds === 0) owner.load(partition.partition)
    else this.#loadLater(name, partition.partition, owner)
  }

  #loadLater(name: string, partition: number, owner: Loadable): void {
    const timer = this.#timers.after(this.#loadMilliseconds, () => {
      owner.load(partition)
      this.#loading.delete(name)
    })
    this.#loading.set(name, timer)
  }
}
