/** Marks of writers among the records of a repartition topic. */
import type { RecordCursor } from '../../wire/batch.ts'
import type { PartitionQueue } from '../tasks/queue.ts'
import type { Task } from '../tasks/task.ts'
import { decodeMarks } from './marks.ts'

/** @returns false where the record at the cursor is none */
export function hearMarks(task: Task, queue: PartitionQueue, cursor: RecordCursor): boolean {
  if (cursor.keyStart >= 0 || cursor.valueStart >= 0 || cursor.headerCount === 0) return false
  const message = decodeMarks(cursor.headers())
  if (message === null) return false
  for (const [writer, mark] of message.marks) {
    if (mark !== 'end') task.watermark.writerMark(queue.index, writer, mark)
    else if (message.runId !== null) task.hearEnd(queue, message.runId, writer)
  }
  return true
}
