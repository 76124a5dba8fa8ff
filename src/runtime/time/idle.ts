/**
 * Time goes on without records (`semantics.md` 2.6): when a task has been idle and caught up for long enough, its
 * watermark follows the wall clock. Each advance is a decision, written with the commit it caused (2.7).
 */
import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'
import { maxDriftOf } from './alignment.ts'

/** An idle task's time moves in steps of this, so that quiet topics don't fill the progress topic. */
const step = 1_000
/** Of a task in which nothing depends on how far time has come: the time that is saved is no older than this. */
const longStep = 30_000

export class IdleClock {
  private readonly thread: Thread
  private readonly latest = new WeakMap<Task, number>()

  constructor(thread: Thread) {
    this.thread = thread
  }

  /** True when a task has been idle for long enough and, as far as is known, has read all there is. */
  isDue(task: Task): boolean {
    return this.thread.clock.now() >= this.dueAt(task)
  }

  /** Wall time at which a task's time is to follow the clock; +Infinity while there is no reason to. */
  dueAt(task: Task): number {
    const after = idleAfter(task)
    if (this.thread.bounded !== null || after === null) return Number.POSITIVE_INFINITY
    if (!task.queues.every((queue) => queue.caughtUp)) return Number.POSITIVE_INFINITY
    // What is held back, or repeats what was decided once, is not idle.
    if (task.isHeld || task.isReplaying || task.isWaiting || task.paused !== null) return Number.POSITIVE_INFINITY
    // It has said that it is idle, and has nothing to count from: Kafka need not be asked every second.
    if (!task.watermark.hasTaken && task.watermark.isIdleIn(0)) return Number.POSITIVE_INFINITY
    return Math.max(task.activeAt + after, (this.latest.get(task) ?? 0) + stepOf(task))
  }

  /** Advances a task by the wall clock if it is due. @returns true when its time moved */
  advance(task: Task): boolean {
    if (!this.isDue(task)) return false
    const now = this.thread.clock.now()
    this.latest.set(task, now)
    return task.advanceClock(task.watermark.hasTaken ? task.takenMark + (now - task.activeAt) : 'idle', now)
  }
}

/** Others may wait for the time of a task whose sources have a `maxDrift`. */
function stepOf({ graph, description }: Task): number {
  return graph.hearsTime || maxDriftOf(description) !== null ? step : longStep
}

/**
 * The longest patience of the task's sources; null when one of them has none, or a repartition topic carries the time. What
 * comes back from a circle of sub-topologies carries none here: W does not wait for it.
 */
function idleAfter(task: Task): number | null {
  let longest = 0
  const { nodes, sources } = task.subTopology
  for (const { source } of task.description.inputs) {
    if (nodes[sources[source]!.node]!.round > 0) continue
    const { node } = nodes[sources[source]!.node]!
    if (!('idleAfter' in node) || node.idleAfter === 'off') return null
    longest = Math.max(longest, node.idleAfter)
  }
  return longest
}
