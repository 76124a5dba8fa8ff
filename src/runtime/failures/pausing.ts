/** A task that takes nothing more until an operator says otherwise. It keeps its assignment; a restart resumes it as well. */
import { publish } from '../../observe/events.ts'
import type { Failing } from './failing.ts'

/** Why a task is paused, and the record it stands before. Topic empty: no single record is to blame. */
export interface Pause {
  readonly reason: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** What can be paused. */
export interface PausableTask {
  readonly id: string
  paused: Pause | null
  readonly failing: Failing
}

/** What precedes is committed, heartbeats go on, the other tasks too. The first reason stays. */
export function pauseTask(task: PausableTask, pause: Pause): void {
  if (task.paused !== null) return
  task.paused = pause
  publish('task.paused', () => ({ task: task.id, ...pause }))
}

/**
 * The record it stands before is tried again.
 * @returns false where it was not paused
 */
export function resumePaused(task: PausableTask): boolean {
  if (task.paused === null) return false
  task.paused = null
  publish('task.resumed', () => ({ task: task.id }))
  task.failing.resume()
  return true
}
