/** Where groups are written down: each change is in `__consumer_offsets` before anybody is told of it. */
import type { Clock } from '../../clock.ts'
import type { TopicPartition } from '../../record.ts'
import { type InternalTopics, offsetsPartition, offsetsTopic } from '../internal-topics.ts'
import type { OwnRecord, PartitionLog, ProducerOfOwn } from '../log/log.ts'
import { attempt } from '../storage/attempt.ts'
import type { Group } from './group.ts'
import type { Position, Written } from './offsets.ts'
import { type GroupRecord, groupRecord, groupTombstone, positionRecord, readRecord } from './records.ts'

export interface Commit {
  readonly partition: TopicPartition
  readonly position: Position
}

/** What the log of a partition tells, in order. A record's `producerId` is -1 outside of transactions. */
export type GroupEvent =
  | { readonly kind: 'record'; readonly record: GroupRecord; readonly producerId: number; readonly offset: number }
  | { readonly kind: 'marker'; readonly producerId: number; readonly ending: 'commit' | 'abort' }

export class GroupLog {
  readonly #topics: InternalTopics
  readonly #clock: Clock

  constructor(topics: InternalTopics, clock: Clock) {
    this.#topics = topics
    this.#clock = clock
  }

  /** Writes positions together, as part of a producer's transaction where one is named. */
  commit(groupId: string, commits: readonly Commit[], producer?: ProducerOfOwn): Written[] {
    const commitTime = this.#clock.now()
    const records = commits.map(({ partition, position }) => positionRecord(groupId, partition, position, commitTime))
    const first = this.#append(groupId, records, producer)
    return commits.map(({ partition, position }, index) => ({
      ...partition,
      ...position,
      commitTime,
      sequence: first + index,
    }))
  }

  /** Writes the group as it is. Where that fails the group goes on: after a restart its members join again. */
  save(group: Group): void {
    attempt(() => this.#append(group.id, [groupRecord(group)]))
  }

  /** Writes tombstones of positions, and of the group itself when it goes. */
  erase(groupId: string, partitions: readonly TopicPartition[], withGroup: boolean): void {
    const records = partitions.map((partition) => positionRecord(groupId, partition, null, 0))
    if (withGroup) records.push(groupTombstone(groupId))
    if (records.length > 0) this.#append(groupId, records)
  }

  /** All that is written in a partition of the topic. Records of other kinds of groups are left out. */
  *read(partition: number): Generator<GroupEvent> {
    const log = this.#topics.existing({ topic: offsetsTopic, partition })
    if (log !== undefined) yield* eventsOf(log)
  }

  #append(groupId: string, records: readonly OwnRecord[], producer?: ProducerOfOwn): number {
    return this.#topics.log(offsetsPartition(groupId)).appendOwn(records, this.#clock.now(), producer)
  }
}

function* eventsOf(log: PartitionLog): Generator<GroupEvent> {
  for (const batch of log.batches()) {
    const { producerId } = batch
    if (batch.isControl) {
      const ending = batch.recordCount > 0 ? batch.controlType() : 'other'
      if (ending !== 'other') yield { kind: 'marker', producerId, ending }
      continue
    }
    for (const cursor = batch.cursor(); cursor.next(); ) {
      const { bytes, keyStart, keyEnd, valueStart, valueEnd, offset } = cursor
      const value = valueStart < 0 ? null : Buffer.from(bytes.subarray(valueStart, valueEnd))
      const record = readRecord(bytes.subarray(keyStart, keyEnd), value)
      if (record !== null) yield { kind: 'record', record, producerId: batch.isTransactional ? producerId : -1, offset }
    }
  }
}
