/** Writes dead letters, in the transaction that passes what failed. */
import { findFault } from '../../faults.ts'
import type { UndoLog } from '../../state/undo.ts'
import { type GraphNode, topicNames } from '../../topology/graph.ts'
import type { Outputs } from '../commit/emit.ts'
import { nameOfPlace, type Place } from '../park/rows.ts'
import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'
import { type Failure, lettersOf, stageOf, versionOf } from './dead-letter.ts'
import type { Failed } from './judge.ts'

export interface LetterPorts {
  readonly thread: Thread
  readonly outputs: Outputs
  readonly task: Task
}

/**
 * Into the queue of that name: the record as it was read, and what happened.
 * @param behind of a parked key: where the first of it was read
 * @throws MillraceError MR3005 where not even a pointer fits: the worker stops, the record is not lost
 */
export function writeLetter(
  ports: LetterPorts,
  node: GraphNode,
  failed: Failed,
  queue: string,
  behind: Place | null = null,
): void {
  const { thread, task } = ports
  const { source, key, value, error, attempts, firstFailedAt } = failed
  const { app } = thread.graph
  const failure: Failure = {
    app,
    version: versionOf(thread.graph.hash),
    node: node.name,
    stage: stageOf(error),
    error,
    task: task.id,
    group: app,
    at: thread.clock.now(),
    source,
    attempts,
    firstFailedAt,
    parkedBehind: behind === null ? null : nameOfPlace(behind),
    withoutStack: thread.deadLetters?.includeStack === false,
  }
  // The window of a row may have closed for a record that fails as well: then it closes again, and the row comes again.
  const undo = failed.isRow ? task.undo : null
  appendLetter(ports.outputs, undo, queue, failure, { key, value })
}

/**
 * The fullest form of a letter that the queue takes.
 * @throws MillraceError MR3005 where none fits
 */
export function appendLetter(
  outputs: Outputs,
  undo: UndoLog | null,
  queue: string,
  failure: Failure,
  record: Pick<Failed, 'key' | 'value'>,
): void {
  const { app, source } = failure
  const topic = topicNames.deadLetter(app, queue)
  const partition = outputs.partitionOf(topic, null, source.partition)
  const time = Math.max(0, source.timestamp)
  let refusal: unknown
  for (const { key, value, headers } of lettersOf(failure, record)) {
    try {
      outputs.append(undo, topic, partition, time, key, value, headers)
      return
    } catch (error) {
      if (findFault(error)?.code !== 'MR3005') throw error
      refusal = error
    }
  }
  throw refusal
}
