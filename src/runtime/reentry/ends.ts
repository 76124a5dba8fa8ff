/** How far a task must have read what comes again before a bounded run may end: what it has written itself is on its way. */
import { partitionName, type TopicPartition } from '../../record.ts'
import type { PartitionQueue } from '../tasks/queue.ts'

export class ReentryEnds {
  private readonly queues: readonly PartitionQueue[]
  private readonly ends = new Map<string, number>()
  /** Written to in the open transaction. */
  private written = new Set<PartitionQueue>()
  /** Written to in the one that is being committed. */
  private handedOver = new Set<PartitionQueue>()

  constructor(queues: readonly PartitionQueue[]) {
    this.queues = queues
  }

  /** A record of the open transaction is to come again through this topic. */
  wrote(topic: string): void {
    for (const queue of this.queues) if (queue.topic === topic) this.written.add(queue)
  }

  /** There are records before `offset` that are still to come, as Kafka said. */
  reach(place: TopicPartition, offset: number): void {
    const name = partitionName(place)
    this.ends.set(name, Math.max(offset, this.ends.get(name) ?? 0))
  }

  /** The open transaction is whole; the next one begins. */
  handOver(): void {
    this.handedOver = this.written
    this.written = new Set()
  }

  /** @param committedEnd behind the last record that was written to a partition, undefined where that is not known */
  committed(committedEnd: (place: TopicPartition) => number | undefined): void {
    for (const queue of this.handedOver) {
      const end = committedEnd(queue)
      if (end !== undefined) this.reach(queue, end)
      // The records come all the same, and then Kafka says how many.
      else queue.forgetEnd()
    }
    this.handedOver.clear()
  }

  rewound(): void {
    this.written.clear()
    this.handedOver.clear()
  }

  /** True when nothing is there, and nothing is on its way. */
  get areReached(): boolean {
    return this.queues.every((queue) => {
      const isOnItsWay = this.written.has(queue) || this.handedOver.has(queue)
      return queue.caughtUp && !isOnItsWay && queue.position >= (this.ends.get(partitionName(queue)) ?? 0)
    })
  }
}
