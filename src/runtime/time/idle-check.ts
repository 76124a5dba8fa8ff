/**
 * What a fetch once said may be old: while a broker can't be reached its partitions look as if nothing came. So Kafka is
 * asked whether really nothing waits, before time goes on without records and makes them late.
 */
import { partitionName } from '../../record.ts'
import { offsetsByName } from '../restore/restore.ts'
import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'

/** After an answer that was of no use, milliseconds. */
const pause = 250

export class IdleCheck {
  private readonly thread: Thread
  private readonly answered: () => void
  private isAsking = false
  private askAgainAt = 0
  private readonly idle = new Set<Task>()

  /** @param answered told when Kafka has answered, or can't: there is something to take, or when to ask again is known */
  constructor(thread: Thread, answered: () => void) {
    this.thread = thread
    this.answered = answered
  }

  /** Milliseconds until it is of use to ask for a task that is due; 0: there is an answer to take. */
  dueIn(task: Task): number {
    if (this.idle.has(task)) return 0
    return this.isAsking ? Number.POSITIVE_INFINITY : this.askAgainAt - this.thread.clock.monotonic()
  }

  /** Those of the tasks that Kafka has just said nothing waits for. Asks for the others, beside the work. */
  confirmed(tasks: readonly Task[]): readonly Task[] {
    const confirmed = tasks.filter((task) => this.idle.has(task))
    this.idle.clear()
    const open = tasks.filter((task) => !confirmed.includes(task))
    if (open.length > 0 && !this.isAsking && this.thread.clock.monotonic() >= this.askAgainAt) void this.ask(open)
    return confirmed
  }

  private async ask(tasks: readonly Task[]): Promise<void> {
    this.isAsking = true
    try {
      const queues = tasks.flatMap((task) => task.queues)
      const stable = offsetsByName(await this.thread.kafka.offsets(queues, 'stable'))
      for (const task of tasks) {
        if (task.queues.every((queue) => queue.position >= stable.get(partitionName(queue))!)) this.idle.add(task)
      }
    } catch {
      // Who can't be asked may have something: nothing is idle.
    }
    this.isAsking = false
    if (this.idle.size < tasks.length) this.askAgainAt = this.thread.clock.monotonic() + pause
    this.answered()
  }
}
