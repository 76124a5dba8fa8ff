/**
 * Tasks of one sub-topology side by side in event time (`semantics.md` 2.13): one that is more than `maxDrift` ahead of
 * the slowest takes nothing more from its sources until that one has come closer.
 *
 * Nobody waits for a task that has nothing to take: it is idle, at its end, or has read all there is. The slowest of those
 * that count is itself never held, so somebody always moves.
 */

import type { Progress } from '../commit/progress.ts'
import type { TaskDescription } from '../plan.ts'
import { sourceNodeOf, type Task } from '../tasks/task.ts'

/** How far a task has come; `isQuiet`: it has nothing to take. */
export interface Pace {
  readonly watermark: number
  readonly isQuiet: boolean
}

/**
 * The W of the slowest that counts; +Infinity when none does.
 * @example slowest([{ watermark: 10, isQuiet: false }, { watermark: 5, isQuiet: true }]) // 10
 */
export function slowest(paces: readonly Pace[]): number {
  let watermark = Number.POSITIVE_INFINITY
  for (const pace of paces) if (!pace.isQuiet && pace.watermark < watermark) watermark = pace.watermark
  return watermark
}

/** The smallest `maxDrift` of a task's sources; null where none has one. */
export function maxDriftOf({ subTopology, inputs }: TaskDescription): number | null {
  const drifts = inputs.flatMap(({ source }) => {
    const maxDrift = sourceNodeOf(subTopology, source)?.maxDrift ?? 'off'
    return maxDrift === 'off' ? [] : [maxDrift]
  })
  return drifts.length === 0 ? null : Math.min(...drifts)
}

/** How far a task has come that works here. */
function paceOf(task: Task): Pace {
  return { watermark: task.watermark.value, isQuiet: task.phase === 'done' || task.isQuiet }
}

/** How far a task had come at its last commit, wherever that was. */
export function committedPace({ watermark, quiet = false, run }: Progress): Pace {
  return { watermark: watermark.value, isQuiet: quiet || run?.done === true }
}

/**
 * Says to each task how far it may go. One that nobody has heard of holds no other back.
 * @param elsewhere of tasks that don't work here, by id
 * @returns true when one may go on that could not
 */
export function align(
  tasks: readonly Task[],
  plan: readonly TaskDescription[],
  elsewhere: (task: string) => Pace | null,
): boolean {
  const here = new Map(tasks.map((task) => [task.id, task]))
  const paces = new Map<number, Pace[]>()
  for (const { id, subTopology } of plan) {
    const task = here.get(id)
    const pace = task === undefined ? elsewhere(id) : paceOf(task)
    if (pace === null) continue
    const peers = paces.get(subTopology.id)
    if (peers === undefined) paces.set(subTopology.id, [pace])
    else peers.push(pace)
  }
  return tasks.map((task) => hold(task, slowest(paces.get(task.subTopology.id) ?? []))).includes(true)
}

function hold(task: Task, slowestWatermark: number): boolean {
  const maxDrift = maxDriftOf(task.description)
  if (maxDrift === null) return false
  const wasHeld = task.isHeld
  task.holdAt = slowestWatermark + maxDrift
  return wasHeld && !task.isHeld
}
