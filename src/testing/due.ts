/** What waits for the driven clock: records that come again, those that are held where they are, and breakers. */
import type { Breakers } from '../runtime/breakers/breakers.ts'
import type { Task } from '../runtime/tasks/task.ts'

/** When the first of them can be taken; +Infinity where none waits. What an operator has to release waits for no time. */
export function nextDue(tasks: readonly Task[], breakers?: Breakers): number {
  let due = breakers?.movesAt() ?? Number.POSITIVE_INFINITY
  for (const task of tasks) {
    if (task.paused !== null) continue
    for (const queue of task.reentries) if (!queue.isWaiting) due = Math.min(due, queue.dueAt)
    for (const { restsUntil } of task.flights?.resting ?? []) due = Math.min(due, restsUntil)
    for (const { next } of task.failing.waiting) if (next.kind === 'wait') due = Math.min(due, next.until)
  }
  return due
}
