/** Records that come again: taken when they are due, outside of merge and time, and never more than half of a turn. */
import type { RecordCursor } from '../../wire/batch.ts'
import { type Reader, readerOf } from '../tasks/head.ts'
import type { PartitionQueue } from '../tasks/queue.ts'
import type { Task } from '../tasks/task.ts'
import { reentryAt } from './place.ts'

export interface TurnsPorts {
  /** Decodes and stamps the head; false when it can't be taken: refused, or not to be decoded yet. */
  decode(queue: PartitionQueue, cursor: RecordCursor, reader: Reader): boolean
  /** True when the record at the head was dealt with instead of being run. */
  isTurnedAside(queue: PartitionQueue, reader: Reader): boolean
  /** Wall clock, milliseconds. */
  now(): number
}

/** How the records of one source are read, and where they come in. */
export interface Entrance {
  readonly reader: Reader
  /** Place of the source's own queue among the task's inputs. */
  readonly input: number
}

export class ReentryTurns {
  private readonly task: Task
  private readonly ports: TurnsPorts
  /** By queue: the entrances of its sources, by their topics. */
  private readonly entrances: ReadonlyMap<PartitionQueue, ReadonlyMap<string, Entrance>>
  private left = 0
  /** Another queue is asked first each turn, since the first may leave nothing for the others. */
  private order: readonly PartitionQueue[]

  constructor(task: Task, bounded: boolean, ports: TurnsPorts) {
    this.task = task
    this.ports = ports
    this.order = task.reentries
    this.entrances = new Map(
      task.reentries.map((queue, index) => {
        const { sources } = task.description.reentries[index]!
        return [queue, entrancesOf(task, queue, sources, bounded)]
      }),
    )
  }

  /** Wall time at which the next record is due; +Infinity where none is known. */
  get wakesAt(): number {
    let wakesAt = Number.POSITIVE_INFINITY
    for (const queue of this.task.reentries) if (queue.dueAt < wakesAt && !queue.isWaiting) wakesAt = queue.dueAt
    return wakesAt
  }

  /** @param limit records that the turn may take in all */
  begin(limit: number): void {
    this.left = Math.ceil(limit / 2)
    this.order = [...this.order.slice(1), ...this.order.slice(0, 1)]
  }

  /** The queue to take from; null while nothing is due, or enough was taken in this turn. */
  next(): PartitionQueue | null {
    if (this.left <= 0) return null
    for (const queue of this.order) {
      if (queue.isEmpty || queue.isWaiting || !this.fill(queue)) continue
      this.left--
      return queue
    }
    return null
  }

  /** True when the turn has ended before all that is due was taken. */
  get hasMore(): boolean {
    return (
      this.left <= 0 && this.task.reentries.some((queue) => !queue.isEmpty && !queue.isWaiting && this.isDue(queue))
    )
  }

  entranceOf(queue: PartitionQueue): Entrance {
    const entrances = this.entrances.get(queue)!
    return entrances.get(queue.reentry!.topic) ?? entrances.values().next().value!
  }

  private isDue({ dueAt }: PartitionQueue): boolean {
    return dueAt === Number.POSITIVE_INFINITY || dueAt <= this.ports.now()
  }

  /** @returns true when the head is decoded, due, and to be run */
  private fill(queue: PartitionQueue): boolean {
    if (queue.ready) return true
    if (!this.isDue(queue)) return false
    for (let cursor = queue.advance(); cursor !== null; cursor = queue.advance()) {
      queue.reentry = reentryAt(queue, cursor)
      queue.dueAt = queue.reentry.dueAt
      if (!this.isDue(queue)) {
        queue.putBack()
        return false
      }
      const { reader } = this.entranceOf(queue)
      queue.ready = !this.ports.isTurnedAside(queue, reader) && this.ports.decode(queue, cursor, reader)
      if (queue.ready) return true
      if (queue.isWaiting) return false
    }
    queue.dueAt = Number.POSITIVE_INFINITY
    return false
  }
}

function entrancesOf(
  task: Task,
  queue: PartitionQueue,
  topics: readonly string[],
  bounded: boolean,
): Map<string, Entrance> {
  return new Map(
    task.description.inputs.flatMap(({ topic, source }, input) =>
      topics.includes(topic) ? [[topic, { reader: readerOf(task, queue, source, bounded), input }] as const] : [],
    ),
  )
}
