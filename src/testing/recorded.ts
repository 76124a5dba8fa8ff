import { partitionName } from '../record.ts'
import type { Task } from '../runtime/tasks/task.ts'
import { type Recording, RecordingReader } from '../runtime/time/recording.ts'
import { topicNames } from '../topology/graph.ts'
import { keyAt, type MemoryLog, valueAt } from './memory-log.ts'

/** What a task has decided so far, as it is committed. */
export function recordingOf(task: Task, log: MemoryLog, app: string): Recording {
  const reader = new RecordingReader(task.id)
  const place = { topic: topicNames.progress(app), partition: task.description.partition }
  for (const cursor of log.records(place, 0, log.end(place))) reader.row(keyAt(cursor), valueAt(cursor))
  const positions = task.queues.map(
    (queue) => [partitionName(queue), log.positions.get(partitionName(queue))!] as const,
  )
  return reader.recording(Object.fromEntries(positions))
}
