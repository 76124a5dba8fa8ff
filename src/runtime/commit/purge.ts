/**
 * Deletes the records of repartition, retry and redrive topics once their reader has committed past them: they are ours
 * alone, and kept for ever otherwise. No letter is a pointer to one: queues have room for whatever these topics take,
 * which is checked at the start (`check-settings.ts`), and what is written is measured before it is compressed.
 */
import type { PartitionOffset } from '../../kafka/port.ts'
import { partitionName } from '../../record.ts'
import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'

const interval = 30_000

export class PurgeSchedule {
  private readonly thread: Thread
  private readonly purged = new Map<string, number>()
  private nextAt: number

  constructor(thread: Thread) {
    this.thread = thread
    this.nextAt = thread.clock.monotonic() + interval
  }

  /** Milliseconds until it has its turn again. */
  get dueIn(): number {
    return this.nextAt - this.thread.clock.monotonic()
  }

  /** Purges now and then, beside the work; a failure is left to the next time, since nothing depends on it. */
  run(tasks: readonly Task[]): void {
    if (this.thread.clock.monotonic() < this.nextAt) return
    this.nextAt = Number.POSITIVE_INFINITY
    void this.purge(tasks.flatMap((task) => this.committed(task))).finally(() => {
      this.nextAt = this.thread.clock.monotonic() + interval
    })
  }

  private async purge(before: readonly PartitionOffset[]): Promise<void> {
    if (before.length === 0) return
    try {
      await this.thread.kafka.topics.deleteRecords(before)
      for (const each of before) this.purged.set(partitionName(each), each.offset)
    } catch {
      // The same records, and more, are tried again.
    }
  }

  private committed(task: Task): PartitionOffset[] {
    return task.committedPositions().filter((each) => {
      const source = task.subTopology.sources.find(({ topic }) => topic === each.topic)
      return source?.writers !== null && each.offset > (this.purged.get(partitionName(each)) ?? 0)
    })
  }
}
