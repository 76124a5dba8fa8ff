/**
 * What Kafka holds can't be read: a checksum is wrong after several fetches, a batch is not what its header says, or
 * inflates beyond all bounds. No record of it is known, so none can be a dead letter: the task stands before it.
 */
import { type Fetcher, KafkaError } from '../../kafka/port.ts'
import type { TopicPartition } from '../../record.ts'
import type { PartitionQueue } from '../tasks/queue.ts'
import { type PausableTask, pauseTask } from './pausing.ts'

interface ReadingTask extends PausableTask {
  readonly allQueues: readonly PartitionQueue[]
}

/** Pauses a task that has met such a batch: what precedes it is committed. */
export function pauseBeforeUnreadable(task: ReadingTask): void {
  for (const { unreadable, topic, partition, position: offset } of task.allQueues) {
    if (unreadable === null) continue
    pauseTask(task, { reason: `what Kafka holds can't be read: ${unreadable.message}`, topic, partition, offset })
  }
}

/** An operator lets the task go on: Kafka is asked for the batch again. */
export function readAgain(task: ReadingTask, fetcher: Pick<Fetcher, 'seek'>): void {
  for (const queue of task.allQueues) {
    if (queue.unreadable === null) continue
    queue.moveTo(queue.position)
    fetcher.seek(queue, queue.position)
  }
}

/** The partition of which a fetch says so, again and again; null for any other error. */
export function unreadablePartition(error: unknown): TopicPartition | null {
  return error instanceof KafkaError && error.reason === 'CORRUPT_MESSAGE' && error.request === 'Fetch'
    ? error.partition
    : null
}
