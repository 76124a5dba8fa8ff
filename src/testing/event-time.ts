/** Event time that goes on without a record: a decision like that of an idle task, so it is committed and restored. */
import type { Task } from '../runtime/tasks/task.ts'

/**
 * Moves the watermark of a task that reads topics of the user. What it also reads from repartition topics holds it back,
 * as it would a task in production, unless it comes back from a circle: writers' marks come with the next commit.
 * @returns true when it moved
 */
export function advanceEventTime(task: Task, to: number, wallTime: number): boolean {
  if (task.sourceQueues.length === 0 || task.isReplaying) return false
  const target = Math.min(to, smallestMark(task))
  return target > task.watermark.value && task.advanceClock(target, wallTime)
}

/** Of all tasks that write its inputs; those that never had a record are left out. */
function smallestMark(task: Task): number {
  const { inputs } = task.watermark.save()
  const { nodes, sources } = task.subTopology
  const first = sources.filter(({ node }) => nodes[node]!.round === 0)
  const marks = first.flatMap(({ topic }) => Object.values(inputs[topic]?.writers ?? {}))
  return Math.min(Number.POSITIVE_INFINITY, ...marks.filter((mark) => mark !== 'idle'))
}
