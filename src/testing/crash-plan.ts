/** When a driven topology dies: records are numbered in the order in which they are first taken. */
import { partitionName } from '../record.ts'
import type { PartitionQueue } from '../runtime/tasks/queue.ts'

/** The worker is gone, with all that it had not committed. */
export class Crash extends Error {}

/** A record is asked about once: taken again after a crash it passes. */
export class CrashPlan {
  private readonly crashAt: (record: number) => boolean
  /** How far each input was ever read. */
  private readonly reached = new Map<string, number>()
  private taken = 0

  constructor(crashAt: (record: number) => boolean) {
    this.crashAt = crashAt
  }

  /** True when a record was taken from one of these for the first time, and it is one to die at. */
  isDue(queues: Iterable<PartitionQueue>): boolean {
    let isNew = false
    for (const queue of queues) {
      const name = partitionName(queue)
      if (queue.position <= (this.reached.get(name) ?? 0)) continue
      this.reached.set(name, queue.position)
      isNew = true
    }
    return isNew && this.crashAt(++this.taken)
  }
}
