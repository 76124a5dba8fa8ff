/** Time that goes on without records, for the tasks of a thread: only after Kafka has said that nothing waits for them. */

import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'
import { IdleClock } from './idle.ts'
import { IdleCheck } from './idle-check.ts'

export class IdleTime {
  private readonly clock: IdleClock
  private readonly check: IdleCheck

  /** @param answered told when Kafka has said something: time may be moved */
  constructor(thread: Thread, answered: () => void) {
    this.clock = new IdleClock(thread)
    this.check = new IdleCheck(thread, answered)
  }

  /** Moves the time of those that are idle. @returns those whose time moved */
  move(tasks: readonly Task[]): readonly Task[] {
    const due = tasks.filter((task) => this.clock.isDue(task))
    return this.check.confirmed(due).filter((task) => this.clock.advance(task))
  }
}
