/** Carries out what the policies decide for a record, or for the row of a closed window, that failed. */
import { findFault, MillraceError, toError } from '../../faults.ts'
import { publish } from '../../observe/events.ts'
import { type Decision, decide } from '../../policies/decide.ts'
import type { AsyncPolicy } from '../../policies/policy.ts'
import type { GraphNode } from '../../topology/graph.ts'
import { topicNames } from '../../topology/graph.ts'
import type { KeptRecord } from '../async/kept-record.ts'
import type { Outputs } from '../emit.ts'
import type { PartitionQueue } from '../queue.ts'
import { bytesOfRow } from '../row-bytes.ts'
import type { Thread } from '../settings.ts'
import type { Task } from '../task.ts'
import { type FailedRecord, type Letter, lettersOf, stageOf } from './dead-letter.ts'

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

export class Failures {
  private readonly thread: Thread
  private readonly outputs: Outputs

  constructor(thread: Thread, outputs: Outputs) {
    this.thread = thread
    this.outputs = outputs
  }

  /** The record at the head of `queue` failed at `task.context.node`; its writes are taken back already. */
  record(task: Task, queue: PartitionQueue, error: unknown): void {
    const cursor = queue.current
    const batch = queue.batch
    const source: FailedRecord = {
      topic: queue.topic,
      partition: queue.partition,
      offset: cursor.offset,
      timestamp: cursor.timestamp,
      timestampType: batch.timestampType,
      headers: cursor.headers(),
    }
    const key = cursor.keyStart < 0 ? null : cursor.bytes.subarray(cursor.keyStart, cursor.keyEnd)
    const value = cursor.valueStart < 0 ? null : cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd)
    this.carryOut(task, error, source, key, value, false)
  }

  /** A record that had waited for an answer failed. Later ones have gone on since: `stop()` takes them back too. */
  waited(task: Task, { source, key, value }: KeptRecord, error: unknown): void {
    this.carryOut(task, error, source, key, value, true)
  }

  /** A row that came out of a closing window failed further on: there is no source record, the row stands for itself. */
  row(task: Task, error: unknown, row: FailedRow): void {
    const { node } = task.subTopology.nodes[row.node]!
    const source = {
      topic: '',
      partition: task.description.partition,
      offset: -1,
      timestamp: row.time,
      timestampType: 'CreateTime',
      headers: [],
    }
    const { key, value } = bytesOfRow(node, row.key, row.value)
    this.carryOut(task, error, source, key, value, true)
  }

  private carryOut(
    task: Task,
    error: unknown,
    source: FailedRecord,
    key: Uint8Array | null,
    value: Uint8Array | null,
    isRow: boolean,
  ): void {
    const node = task.subTopology.nodes[task.context.node]!
    const decision = this.decision(task, node, source.topic)
    const code = findFault(error)?.code ?? 'MR4101'
    publish('record.rejected', () => ({
      task: task.id,
      topic: source.topic,
      partition: source.partition,
      offset: source.offset,
      code,
    }))
    if (decision.kind === 'stop') throw new StopRequest(this.stopped(task, node, error, source), isRow)
    if (decision.kind === 'skip') {
      this.thread.counters.skipped++
      return
    }
    if (decision.kind === 'dead-letter') this.deadLetter(task, node, error, source, decision.name, key, value)
  }

  /** The policies of the node, else of the source the record came through. */
  private decision(task: Task, { node }: GraphNode, topic: string): Decision {
    const own = 'onFailure' in node ? node.onFailure : undefined
    const source = task.subTopology.sources.find((each) => each.topic === topic) ?? task.subTopology.sources[0]!
    const sourceNode = task.subTopology.nodes[source.node]!.node
    const inherited: readonly AsyncPolicy[] | undefined = 'onFailure' in sourceNode ? sourceNode.onFailure : undefined
    const name = sourceNode.kind === 'repartition' ? sourceNode.name : source.topic
    return decide(own ?? inherited ?? [], name)
  }

  private deadLetter(
    task: Task,
    node: GraphNode,
    error: unknown,
    source: FailedRecord,
    name: string,
    key: Uint8Array | null,
    value: Uint8Array | null,
  ): void {
    const { thread, outputs } = this
    const app = thread.graph.app
    const topic = topicNames.deadLetter(app, name)
    const partition = outputs.partitionOf(topic, null, source.partition)
    const failure = {
      app,
      node: node.name,
      stage: stageOf(error),
      error,
      task: task.id,
      group: app,
      at: thread.clock.now(),
      source,
    }
    const time = Math.max(0, source.timestamp)
    // The window of a row may have closed for a record that fails as well: then it closes again, and the row comes again.
    const undo = source.offset < 0 ? task.undo : null
    this.write(lettersOf(failure, { key, value }), (letter) => {
      outputs.append(undo, topic, partition, time, letter.key, letter.value, letter.headers)
    })
    thread.counters.deadLetters++
  }

  /** The first that fits. @throws MillraceError MR3005 when none does: the worker stops, the record is not lost */
  private write(letters: Iterable<Letter>, append: (letter: Letter) => void): void {
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

  private stopped(task: Task, node: GraphNode, error: unknown, source: FailedRecord): MillraceError {
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
