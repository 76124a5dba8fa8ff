import { partitionName } from '../record.ts'
import { decodeProgress, type Progress, progressKeys } from '../runtime/progress.ts'
import type { Task } from '../runtime/task.ts'
import { topicNames } from '../topology/graph.ts'
import { keyAt, type MemoryLog, valueAt } from './memory-log.ts'

/** Brings a new task to where the last commit left its predecessor. @returns how many rows were restored */
export function resumeTask(task: Task, log: MemoryLog, app: string): number {
  for (const queue of task.queues) {
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
  for (const { spec, store, fromSource } of task.stores) {
    const place = { topic: spec.changelog, partition }
    const end = fromSource ? log.positions.get(partitionName(place))! : log.end(place)
    for (const cursor of log.records(place, 0, end)) {
      const key = keyAt(cursor)
      if (key === null) continue
      store.restore(key, valueAt(cursor), cursor.timestamp)
      rows++
    }
  }
  return rows
}

function findProgress(task: Task, log: MemoryLog, app: string): Progress | null {
  const place = { topic: topicNames.progress(app), partition: task.description.partition }
  let found: Progress | null = null
  for (const cursor of log.records(place, 0, log.end(place))) {
    if (keyAt(cursor)?.toString() === progressKeys.task(task.id)) found = decodeProgress(valueAt(cursor)!)
  }
  return found
}
