/**
 * Time goes on without records (`semantics.md` 2.6): when a task has been idle and caught up for long enough, its
 * watermark follows the wall clock. Each advance is a decision, written with the commit it caused (2.7).
 */
import type { ClockDecision } from './progress.ts'
import type { Thread } from './settings.ts'
import { sourceNodeOf, type Task } from './task.ts'

/** An idle task's time moves in steps of this, so that quiet topics don't fill the progress topic. */
const step = 1_000

type PendingDecision = Omit<ClockDecision, 'offsets'>

export class Decisions {
  private readonly thread: Thread
  private readonly pending = new Map<Task, PendingDecision>()
  private readonly latest = new WeakMap<Task, number>()

  constructor(thread: Thread) {
    this.thread = thread
  }

  /** The decision this transaction carries for a task, or null. */
  of(task: Task): PendingDecision | null {
    return this.pending.get(task) ?? null
  }

  /** True when a task has been idle for long enough and, as far as is known, has read all there is. */
  isDue(task: Task): boolean {
    const after = idleAfter(task)
    if (this.thread.bounded !== null || after === null || !task.queues.every((queue) => queue.caughtUp)) return false
    return this.thread.clock.now() >= Math.max(task.activeAt + after, (this.latest.get(task) ?? 0) + step)
  }

  /** Advances a task by the wall clock if it is due. @returns true when its time moved */
  advance(task: Task): boolean {
    if (!this.isDue(task)) return false
    const now = this.thread.clock.now()
    this.latest.set(task, now)
    return this.decide(task, now)
  }

  /** The transaction has ended, one way or the other. */
  reset(): void {
    this.pending.clear()
  }

  private decide(task: Task, now: number): boolean {
    const before = task.watermark.value
    if (task.watermark.hasTaken) task.watermark.advanceTo(task.takenMark + (now - task.activeAt))
    else if (!task.watermark.isIdle) task.watermark.becomeIdle()
    else return false
    const after = task.watermark.isIdle ? 'idle' : task.watermark.value
    this.pending.set(task, { task: task.id, sequence: task.decisionNumber(), before, after, wallTime: now })
    task.touched = true
    return true
  }
}

/** The longest patience of the task's sources; null when one of them has none, or a repartition topic carries the time. */
function idleAfter(task: Task): number | null {
  let longest = 0
  for (const { source } of task.description.inputs) {
    const node = sourceNodeOf(task.subTopology, source)
    if (node === null || node.idleAfter === 'off') return null
    longest = Math.max(longest, node.idleAfter)
  }
  return longest
}
