import { partitionName } from '../record.ts'
import { type Progress, progressOfRow } from '../runtime/commit/progress.ts'
import type { Task } from '../runtime/tasks/task.ts'
import { topicNames } from '../topology/graph.ts'
import { keyAt, type MemoryLog, valueAt } from './memory-log.ts'

/** Brings a new task to where the last commit left its predecessor. @returns how many rows were restored */
export function resumeTask(task: Task, log: MemoryLog, app: string): number {
  for (const queue of task.allQueues) {
    const name = partitionName(queue)
    log.positions.set(name, log.positions.get(name) ?? 0)
  }
  const rows = restoreStores(task, log)
  task.resume(findProgress(task, log, app), log.positions, null)
  return rows
}

function restoreStores(task: Task, log: MemoryLog): number {
  const { partition } = task.description
  let rows = 0
  for (const { spec, store } of task.stores) {
    const place = { topic: spec.changelog, partition }
    const end = log.end(place)
    // Rows that were kept by another log than this one.
    if (store.position > end) store.clear()
    for (const cursor of log.records(place, Math.max(0, store.position), end)) {
      store.restore(keyAt(cursor)!, valueAt(cursor), cursor.timestamp, cursor.headers())
      rows++
    }
    store.restored(end)
  }
  return rows
}

function findProgress(task: Task, log: MemoryLog, app: string): Progress | null {
  const place = { topic: topicNames.progress(app), partition: task.description.partition }
  let found: Progress | null = null
  for (const cursor of log.records(place, 0, log.end(place))) {
    const row = progressOfRow(keyAt(cursor), valueAt(cursor))
    if (row?.[0] === task.id) found = row[1]
  }
  return found
}
