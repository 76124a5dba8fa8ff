/** Carries out what the policies decide for a record, or for the row of a closed window, that failed. */
import { findFault, MillraceError, toError } from '../../faults.ts'
import { publish } from '../../observe/events.ts'
import { type Decision, wasRefused } from '../../policies/decide.ts'
import type { GraphNode } from '../../topology/graph.ts'
import type { Call } from '../async/flight.ts'
import type { Flights } from '../async/flights.ts'
import type { Outputs } from '../commit/emit.ts'
import { HeldBack } from '../park/parking.ts'
import { placeOf } from '../reentry/place.ts'
import { sendToRetry } from '../reentry/retry.ts'
import type { Thread } from '../settings.ts'
import type { PartitionQueue } from '../tasks/queue.ts'
import type { Task } from '../tasks/task.ts'
import type { FailingRecord } from './failing.ts'
import { type Failed, judge, kindOf } from './judge.ts'
import { pauseTask } from './pausing.ts'
import { bytesOfRow } from './row-bytes.ts'
import { writeLetter } from './write-letter.ts'

/** The worker must stop here, as a `stop()` policy says. What precedes the record is to be committed, unless `abort`. */
export class StopRequest extends Error {
  override readonly name = 'StopRequest'
  readonly fault: MillraceError
  /** True when work of the open transaction is half done: it can't be committed. */
  readonly abort: boolean

  constructor(fault: MillraceError, abort: boolean) {
    super(fault.message, { cause: fault })
    this.fault = fault
    this.abort = abort
  }
}

/** A row that time or the commit made come out: what a later step choked on. */
export interface FailedRow {
  readonly node: number
  readonly key: unknown
  readonly value: unknown
  readonly time: number
}

/** What became of a record: it waits, a letter of it was written, or it was passed on or over in another way. */
export type Outcome = 'held' | 'letter' | 'passed'

/** Decisions that end the matter for this task. */
type Ending = Exclude<Decision, { kind: 'again' | 'hold' | 'pause' }>

/** Before it is seen whether the breaker lets it through, milliseconds: where it is open, the step takes nothing anyway. */
const breakerPause = 100

export class Failures {
  private readonly thread: Thread
  private readonly outputs: Outputs

  constructor(thread: Thread, outputs: Outputs) {
    this.thread = thread
    this.outputs = outputs
  }

  /** The record at the head of `queue` failed at `task.context.node`; its writes are taken back already. */
  record(task: Task, queue: PartitionQueue, error: unknown): Outcome {
    const { index: input, current } = queue
    const before = task.failing.find(input, current.offset)
    const asked = this.failedAt(queue, error, before)
    // Decided when it had left traces: those are taken back now.
    const refused = before?.next.kind === 'refuse' ? before.next.decision : null
    const decided = refused ?? judge(this.thread, task, nodeOf(task), asked)
    const { decision, failed } = task.parking?.judge(decided, asked) ?? { decision: decided, failed: asked }
    if (!isHeld(decision)) return this.end(task, failed, decision, false)
    const record = task.failing.note(input, current.offset, failed.attempts)
    this.keepBack(task, record, decision, failed)
    task.failing.hold(record, queue)
    if (decision.kind === 'pause') this.pause(task, failed)
    return 'held'
  }

  /**
   * A call of a record that had waited failed, or what its answer led to. Later records have gone on since: one that has to
   * wait for long, or has left traces, is met again after the transaction is taken back.
   */
  waited(task: Task, flights: Flights, call: Call, error: unknown): Outcome {
    const { flight } = call
    const record = flight.record!
    const { input, offset, key, value, source } = record
    const isAnswer = call.answer!.kind === 'failure'
    const attempts = flight.attemptsBefore + call.failures + 1
    const firstFailedAt = task.failing.find(input, offset)?.firstFailedAt ?? this.thread.clock.now()
    const kind = kindOf(error, isAnswer ? 'retry' : 'reject')
    const failed: Failed = { source, key, value, isRow: false, error, kind, attempts, firstFailedAt }
    const node = nodeOf(task)
    const decision = judge(this.thread, task, node, failed)
    if (decision.kind === 'again' && isAnswer && flights.repeat(call, decision.at - this.thread.clock.now())) {
      call.failures++
      task.failing.note(input, offset, attempts)
      this.tellHeld(task, failed, attempts, decision.at)
      return 'held'
    }
    flights.giveUp(flight)
    // Where keys are parked it is asked again whether this one is: later records of it may have gone on.
    const mayOvertake = decision.kind === 'park' || (task.parking !== null && decision.kind === 'retry-topic')
    const mustRewind = isHeld(decision) || flight.hasTraces || mayOvertake
    if (!mustRewind) return this.end(task, failed, decision, true)
    // What an open breaker refused was not tried.
    const wasTried = !(decision.kind === 'hold' && wasRefused(error))
    const entry = task.failing.note(input, offset, wasTried ? attempts : attempts - 1)
    if (!isAnswer) flights.forgetAnswers(record)
    if (isHeld(decision)) {
      this.keepBack(task, entry, decision, failed)
      task.failing.follow(entry)
    } else task.failing.refuse(entry, { error, node: node.index, decision })
    task.failing.requestRewind(error)
    return 'held'
  }

  /** A record that is reached again and is not to be tried now. @returns false where it may be */
  holdAgain(task: Task, queue: PartitionQueue): boolean {
    const record = task.failing.find(queue.index, queue.current.offset)
    if (record === undefined || !task.failing.mustWait(record)) return false
    task.failing.hold(record, queue)
    const { topic, partition, offset } = placeOf(queue)
    if (record.next.kind === 'pause') pauseTask(task, { reason: record.next.reason, topic, partition, offset })
    return true
  }

  /** A row that came out of a closing window failed further on: there is no source record, the row stands for itself. */
  row(task: Task, error: unknown, row: FailedRow): void {
    const place = { topic: '', partition: task.description.partition, offset: -1, reentry: null }
    const source = { ...place, timestamp: row.time, timestampType: 'CreateTime', headers: [] }
    const firstFailedAt = this.thread.clock.now()
    const kind = kindOf(error, 'reject')
    const failed: Failed = { source, key: null, value: null, isRow: true, error, kind, attempts: 1, firstFailedAt }
    const decision = judge(this.thread, task, nodeOf(task), failed)
    const unwritable = isHeld(decision) ? null : this.endRow(task, failed, row, decision)
    if (!isHeld(decision) && unwritable === null) return
    // It comes out again when the task goes on.
    task.failing.requestRewind(error)
    this.pause(task, { ...failed, error: unwritable ?? error })
  }

  /**
   * What is in hand is not to blame for a row of which no letter can be written: nor may the row be lost.
   * @returns why that can't be; null when the matter is ended
   */
  private endRow(task: Task, failed: Failed, row: FailedRow, decision: Ending): MillraceError | null {
    try {
      const { node } = task.subTopology.nodes[row.node]!
      this.end(task, { ...failed, ...bytesOfRow(node, row.key, row.value) }, decision, true)
      return null
    } catch (error) {
      const fault = findFault(error)
      if (fault?.kind === 'reject') return fault
      throw error
    }
  }

  private failedAt(queue: PartitionQueue, error: unknown, before: FailingRecord | undefined): Failed {
    const { current: cursor, reentry } = queue
    const refused = before?.next.kind === 'refuse' || error instanceof HeldBack
    return {
      source: { ...placeOf(queue), timestamp: cursor.timestamp, headers: cursor.headers(), reentry },
      key: cursor.keyStart < 0 ? null : cursor.bytes.subarray(cursor.keyStart, cursor.keyEnd),
      value: cursor.valueStart < 0 ? null : cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd),
      isRow: false,
      error,
      kind: refused ? 'reject' : kindOf(error, 'reject'),
      attempts: (before?.attempts ?? 0) + (refused ? 0 : 1),
      firstFailedAt: before?.firstFailedAt ?? this.thread.clock.now(),
    }
  }

  /** What is to happen when the record is reached again. */
  private keepBack(task: Task, record: FailingRecord, decision: Exclude<Decision, Ending>, failed: Failed): void {
    if (decision.kind === 'pause') {
      task.failing.pause(record, toError(failed.error).message)
      return
    }
    const now = this.thread.clock.now()
    const wait = decision.kind === 'hold' ? breakerPause : Math.max(0, decision.at - now)
    task.failing.wait(record, wait)
    this.tellHeld(task, failed, record.attempts, now + wait)
  }

  private pause(task: Task, { error, source: { topic, partition, offset } }: Failed): void {
    pauseTask(task, { reason: toError(error).message, topic, partition, offset })
  }

  private tellHeld(task: Task, { source, error }: Failed, attempts: number, until: number): void {
    const { topic, partition, offset } = source
    const reason = toError(error).message
    publish('record.held', () => ({ task: task.id, topic, partition, offset, attempts, until, reason }))
  }

  /** @param isHalfDone true where others have gone on since */
  private end(task: Task, failed: Failed, decision: Ending, isHalfDone: boolean): Outcome {
    const { thread, outputs } = this
    const { topic, partition, offset } = failed.source
    const node = nodeOf(task)
    const code = findFault(failed.error)?.code ?? 'MR4101'
    if (decision.kind !== 'retry-topic')
      publish('record.rejected', () => ({ task: task.id, topic, partition, offset, code }))
    const behind = task.parking?.ended(failed, decision) ?? null
    // Not to be taken back with the record that comes next.
    if (!failed.isRow) task.undo.forget()
    switch (decision.kind) {
      case 'stop':
        throw new StopRequest(this.stopped(task, node, failed), isHalfDone)
      case 'skip':
        thread.counters.skipped++
        return 'passed'
      case 'retry-topic':
        sendToRetry({ thread, outputs, task }, failed, decision)
        return 'passed'
      case 'park':
        writeLetter({ thread, outputs, task }, node, failed, decision.name, behind)
        thread.counters.parked++
        return failed.error instanceof HeldBack ? 'passed' : 'letter'
      case 'dead-letter':
        writeLetter({ thread, outputs, task }, node, failed, decision.name)
        thread.counters.deadLetters++
        return 'letter'
    }
  }

  private stopped(task: Task, node: GraphNode, { error, source }: Failed): MillraceError {
    const cause = toError(error)
    return new MillraceError(
      'fatal',
      {
        code: 'MR4102',
        what: `Stopped at ${source.topic}-${source.partition} offset ${source.offset}: ${cause.message}`,
        where: `topology ${this.thread.graph.app}, node ${node.name}, task ${task.id}, topic ${source.topic}, partition ${source.partition}, offset ${source.offset}`,
        why: `${findFault(error)?.code ?? cause.name} and the policy of the step is stop()`,
        fix: 'correct the step or the record and start again: a restart begins at this record',
      },
      { cause },
    )
  }
}

/** The step that failed. */
function nodeOf(task: Task): GraphNode {
  return task.subTopology.nodes[task.context.node]!
}

function isHeld(decision: Decision): decision is Exclude<Decision, Ending> {
  return decision.kind === 'again' || decision.kind === 'hold' || decision.kind === 'pause'
}
