/** Dead letters of records that came too late for a step that wants them kept (`semantics.md` 2.11). */
import { MillraceError } from '../../faults.ts'
import type { Window } from '../../record.ts'
import type { GraphNode } from '../../topology/graph.ts'
import type { LateRecord } from '../../topology/nodes.ts'
import type { KeptRecord } from '../async/kept-record.ts'
import type { Task } from '../tasks/task.ts'
import { type Failure, versionOf } from './dead-letter.ts'
import { bytesOfRow } from './row-bytes.ts'
import { appendLetter, type LetterPorts } from './write-letter.ts'

/** What a letter is made of. */
type Verbatim = Pick<KeptRecord, 'source' | 'key' | 'value'>

type Late = LateRecord<unknown, unknown, Window | null>

/**
 * The record in hand, verbatim; where none is, the row that was refused. It belongs to what the record does: a record
 * that fails further on leaves no late letter either.
 * @throws MillraceError MR3005 where not even a pointer fits: the record is refused for that, not lost
 */
export function writeLateLetter(
  { thread, outputs, task }: LetterPorts,
  queue: string,
  node: GraphNode,
  late: Late,
): void {
  const { source, key, value } = task.context.recordInHand() ?? rowOf(task, node, late)
  const { app } = thread.graph
  const failure: Failure = {
    app,
    version: versionOf(thread.graph.hash),
    node: node.name,
    stage: 'late',
    error: tooLate(late),
    task: task.id,
    group: app,
    at: thread.clock.now(),
    source,
  }
  appendLetter(outputs, task.undo, queue, failure, { key, value })
}

function rowOf(task: Task, { node }: GraphNode, { key, value, time }: Late): Verbatim {
  const { partition } = task.description
  const place = { topic: '', partition, offset: -1, reentry: null }
  const source = { ...place, timestamp: time, timestampType: 'CreateTime', headers: [] }
  const keySerde = 'keySerde' in node ? { keySerde: node.keySerde } : {}
  const bytes = bytesOfRow(keySerde, key, value)
  return { source, key: bufferOf(bytes.key), value: bufferOf(bytes.value) }
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes)
}

/** What happened is said by where and when, not by a stack: no code is at fault. */
function tooLate({ window, time, operatorTime }: Late): MillraceError {
  const what = window === null ? 'Too late' : `Too late for the window ${isoOf(window.start)} to ${isoOf(window.end)}`
  const error = new MillraceError('reject', {
    code: 'MR3010',
    what: `${what}: the time of the record is ${isoOf(time)}, that of the step ${isoOf(operatorTime)}`,
  })
  error.stack = ''
  return error
}

function isoOf(time: number | Date): string {
  return time instanceof Date ? time.toISOString() : Number.isFinite(time) ? new Date(time).toISOString() : String(time)
}
