/** Positions of groups: written to the log first, then known. Also of groups that never had a member. */
import type { TopicPartition } from '../../record.ts'
import { errorCode } from '../../wire/errors.ts'
import type { ProducerOfOwn } from '../log/log.ts'
import { attempt } from '../storage/attempt.ts'
import { expiredPositions } from './expiry.ts'
import type { Group } from './group.ts'
import type { Groups } from './groups.ts'
import type { Commit, GroupLog } from './log.ts'
import { usesConsumerProtocol } from './subscription.ts'

export class GroupPositions {
  readonly #groups: Groups
  readonly #log: GroupLog

  constructor(groups: Groups, log: GroupLog) {
    this.#groups = groups
    this.#log = log
  }

  /** Commits together; the group is made when there is none. @throws StorageFault and nothing has changed */
  commit(groupId: string, commits: readonly Commit[]): void {
    if (commits.length === 0) return
    const { offsets } = this.#groups.obtain(groupId)
    for (const written of this.#log.commit(groupId, commits)) offsets.commit(written)
  }

  /** Keeps positions back until the marker of the producer's transaction arrives. */
  stage(groupId: string, commits: readonly Commit[], producer: ProducerOfOwn): void {
    if (commits.length === 0) return
    const { offsets } = this.#groups.obtain(groupId)
    for (const written of this.#log.commit(groupId, commits, producer)) offsets.stage(producer.producerId, written)
  }

  /** A marker was written to a partition of the topic of positions. */
  settle(partitionIndex: number, producerId: number, ending: 'commit' | 'abort'): void {
    for (const group of this.#groups.within(partitionIndex)) group.offsets.settle(producerId, ending)
  }

  /**
   * Deletes positions (KIP-496). The codes are those of each partition, or one for all.
   * @returns a code for the whole request, and which topics are still read
   */
  delete(groupId: string, partitions: readonly TopicPartition[]): DeletedPositions {
    const group = this.#groups.get(groupId)
    const code = deletionProblem(group)
    if (group === undefined || code !== errorCode.NONE) return { errorCode: code, isRead: () => false }
    const isRead = (topic: string): boolean => group.members.size > 0 && (group.subscribed?.has(topic) ?? true)
    const free = partitions.filter((each) => !isRead(each.topic) && group.offsets.get(each) !== undefined)
    const isLost = attempt(() => this.#erase(group, free, false)) !== errorCode.NONE
    return { errorCode: isLost ? errorCode.NOT_COORDINATOR : errorCode.NONE, isRead }
  }

  /** The topic is gone, and with it every position in it. @throws StorageFault and some are still there */
  forgetTopic(topic: string): void {
    for (const group of this.#groups.all()) {
      const partitions = group.offsets.partitions().filter((each) => each.topic === topic)
      this.#erase(group, partitions, false)
    }
  }

  /** Deletes what has been kept long enough, and groups of which nothing is left. @throws StorageFault */
  expire(now: number, retentionMilliseconds: number): void {
    for (const group of this.#groups.all()) {
      this.#erase(group, expiredPositions(group, now, retentionMilliseconds), false)
      if (group.state === 'Empty' && group.offsets.isEmpty && group.pending.size === 0) this.remove(group)
    }
  }

  /** The group goes, with all its positions. It must be empty. @throws StorageFault and nothing has changed */
  remove(group: Group): void {
    this.#erase(group, group.offsets.partitions(), true)
    group.move('removed')
    this.#groups.delete(group.id)
  }

  #erase(group: Group, partitions: readonly TopicPartition[], withGroup: boolean): void {
    this.#log.erase(group.id, partitions, withGroup)
    for (const partition of partitions) group.offsets.remove(partition)
  }
}

export interface DeletedPositions {
  readonly errorCode: number
  /** Whether the positions of a topic stay, because members read it, or may do so for all that is known. */
  readonly isRead: (topic: string) => boolean
}

/** Consumers say which topics they read, and the others are free; of other members nothing is known. */
function deletionProblem(group: Group | undefined): number {
  if (group === undefined || group.state === 'Dead') return errorCode.GROUP_ID_NOT_FOUND
  return group.members.size > 0 && !usesConsumerProtocol(group) ? errorCode.NON_EMPTY_GROUP : errorCode.NONE
}
