/** Time that goes on without records, for the tasks of a thread: only after Kafka has said that nothing waits for them. */

import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'
import { IdleClock } from './idle.ts'
import { IdleCheck } from './idle-check.ts'

export class IdleTime {
  private readonly thread: Thread
  private readonly clock: IdleClock
  private readonly check: IdleCheck

  /** @param answered told when Kafka has said something: time may be moved */
  constructor(thread: Thread, answered: () => void) {
    this.thread = thread
    this.clock = new IdleClock(thread)
    this.check = new IdleCheck(thread, answered)
  }

  /** Milliseconds until one of the tasks may follow the clock, or Kafka may be asked whether it may. */
  dueIn(tasks: readonly Task[]): number {
    const now = this.thread.clock.now()
    let dueIn = Number.POSITIVE_INFINITY
    for (const task of tasks) {
      const wait = this.clock.dueAt(task) - now
      dueIn = Math.min(dueIn, wait > 0 ? wait : this.check.dueIn(task))
    }
    return dueIn
  }

  /** Moves the time of those that are idle. @returns those whose time moved */
  move(tasks: readonly Task[]): readonly Task[] {
    const due = tasks.filter((task) => this.clock.isDue(task))
    return this.check.confirmed(due).filter((task) => this.clock.advance(task))
  }
}
