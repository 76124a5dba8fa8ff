/** Dead letters of records that came too late for a step that wants them kept (`semantics.md` 2.11). */
import { findFault, MillraceError } from '../faults.ts'
import type { Window } from '../record.ts'
import { type GraphNode, topicNames } from '../topology/graph.ts'
import type { LateRecord } from '../topology/nodes.ts'
import type { KeptRecord } from './async/kept-record.ts'
import type { Outputs } from './emit.ts'
import { type Failure, type Letter, lettersOf } from './failures/dead-letter.ts'
import { bytesOfRow } from './row-bytes.ts'
import type { Thread } from './settings.ts'
import type { Task } from './task.ts'

/** What a letter is made of. */
type Verbatim = Pick<KeptRecord, 'source' | 'key' | 'value'>

interface Room {
  readonly thread: Thread
  readonly outputs: Outputs
  readonly task: Task
}

type Late = LateRecord<unknown, unknown, Window | null>

/**
 * The record in hand, verbatim; where none is, the row that was refused. It belongs to what the record does: a record
 * that fails further on leaves no late letter either.
 */
export function writeLateLetter({ thread, outputs, task }: Room, queue: string, node: GraphNode, late: Late): void {
  const { source, key, value } = task.context.recordInHand() ?? rowOf(task, node, late)
  const { app } = thread.graph
  const failure: Failure = {
    app,
    node: node.name,
    stage: 'late',
    error: tooLate(late),
    task: task.id,
    group: app,
    at: thread.clock.now(),
    source,
  }
  const topic = topicNames.deadLetter(app, queue)
  const partition = outputs.partitionOf(topic, null, source.partition)
  const time = Math.max(0, source.timestamp)
  firstThatFits(lettersOf(failure, { key, value }), (letter) => {
    outputs.append(task.undo, topic, partition, time, letter.key, letter.value, letter.headers)
  })
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

/** @throws MillraceError MR3005 when none fits: the record is refused for that, not lost */
function firstThatFits(letters: Iterable<Letter>, append: (letter: Letter) => void): void {
  let refusal: unknown
  for (const letter of letters) {
    try {
      append(letter)
      return
    } catch (error) {
      if (findFault(error)?.code !== 'MR3005') throw error
      refusal = error
    }
  }
  throw refusal
}
