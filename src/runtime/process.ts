/** Takes records from a task's queues, oldest event first, and runs each through the graph. No promise, no object a record. */
import { findFault, reject } from '../faults.ts'
import type { OperatorCounters } from '../operators/operator.ts'
import { findNotReady, type NotReady } from '../serde/not-ready.ts'
import type { Serde } from '../serde/serde.ts'
import { isTime } from '../time/timestamps.ts'
import type { RecordCursor } from '../wire/batch.ts'
import { HeadRecord } from './context.ts'
import { StopRequest } from './failures.ts'
import { decodeMarks, type MarkMessage } from './marks.ts'
import type { PartitionQueue } from './queue.ts'
import { sourceNodeOf, type Task } from './task.ts'

/** What processing needs besides the task. */
export interface ProcessPorts {
  /** Carries out the policy for the record at the head of `queue`; throws when the worker must stop. */
  rejected(task: Task, queue: PartitionQueue, error: unknown): void
  /** The head of `queue` can't be decoded yet; `queue.release(notReady)` lets it go on. */
  waiting(task: Task, queue: PartitionQueue, notReady: NotReady): void
  /** Between records: sends full batches. */
  settled(): void
  /** Wall clock, milliseconds. */
  now(): number
  /** True when the event loop has waited long enough: asked every few records. */
  isTimeUp(): boolean
  readonly bounded: boolean
  /** What the record in hand adds to. */
  readonly counters: OperatorCounters
}

/** How to read the records of one queue. */
interface Reader {
  readonly key: Serde<unknown>
  readonly value: Serde<unknown>
  readonly nullIsDelete: boolean
  readonly isRepartition: boolean
  readonly outOfOrderness: number
  readonly timestamp: (() => number) | null
  readonly maxLead: number
  readonly source: number
  /** Index of the source's node. */
  readonly node: number
}

/** Every task gets at least so many records a turn, however slow its handlers are. */
const chunkRecords = 16

/** One task's loop. Built once per task. */
export class TaskProcessor {
  readonly task: Task
  /** True when the last turn left records that can be taken. */
  hasMore = false
  private readonly readers: readonly Reader[]
  private readonly ports: ProcessPorts

  constructor(task: Task, ports: ProcessPorts) {
    this.task = task
    this.ports = ports
    this.readers = task.queues.map((queue, index) => readerOf(task, queue, index, ports.bounded))
  }

  /**
   * Takes up to `limit` records.
   * @returns how many were taken; `hasMore` says whether it could go on
   */
  run(limit: number): number {
    const { queues } = this.task
    let taken = 0
    this.hasMore = true
    while (taken < limit) {
      const queue = queues.length === 1 ? this.fill(queues[0]!) : this.oldest()
      if (queue === null) {
        this.hasMore = false
        break
      }
      this.take(queue)
      if (++taken % chunkRecords === 0 && this.ports.isTimeUp()) break
    }
    this.sendMark()
    return taken
  }

  /**
   * Time moved without a record; in a bounded run it goes to its end when every input is read to its own.
   * @returns true at the end
   */
  finish(): boolean {
    const { task } = this
    const ended = task.run !== null && task.queues.every((queue) => task.hasEnded(queue))
    if (ended) task.watermark.advanceTo(Number.POSITIVE_INFINITY)
    this.sendMark()
    return ended
  }

  /** The queue whose head is oldest; null while one that may still deliver is empty (2.4). Ties: topic, partition, offset. */
  private oldest(): PartitionQueue | null {
    let oldest: PartitionQueue | null = null
    let waiting = false
    for (const queue of this.task.queues) {
      if (this.fill(queue) === null) waiting ||= !(queue.caughtUp || this.task.hasEnded(queue))
      else if (oldest === null || queue.head.time < oldest.head.time) oldest = queue
    }
    return waiting ? null : oldest
  }

  /** Decodes and stamps the head, passing marks and refused records; null when nothing is here. */
  private fill(queue: PartitionQueue): PartitionQueue | null {
    if (queue.ready) return queue
    if (queue.isWaiting) return null
    const reader = this.readers[queue.index]!
    for (let cursor = queue.advance(); cursor !== null; cursor = queue.advance()) {
      if (reader.isRepartition && this.takeMark(queue, cursor)) continue
      if (this.decode(queue, cursor, reader)) {
        queue.ready = true
        this.task.watermark.head(queue.index, queue.head.time)
        return queue
      }
      if (queue.isWaiting) break
    }
    this.task.watermark.head(queue.index, null)
    return null
  }

  private decode(queue: PartitionQueue, cursor: RecordCursor, reader: Reader): boolean {
    const { head } = queue
    let code: 'MR3001' | 'MR3003' = 'MR3001'
    try {
      head.key =
        cursor.keyStart < 0 ? nullOf(reader.key) : reader.key.decode(cursor.bytes, cursor.keyStart, cursor.keyEnd)
      head.value =
        cursor.valueStart >= 0
          ? reader.value.decode(cursor.bytes, cursor.valueStart, cursor.valueEnd)
          : reader.nullIsDelete
            ? null
            : nullOf(reader.value)
      code = 'MR3003'
      head.time = reader.timestamp === null ? cursor.timestamp : reader.timestamp()
      this.checkTime(head.time, reader)
      return true
    } catch (error) {
      const notReady = findNotReady(error)
      if (notReady?.overdue === null) {
        queue.hold(notReady)
        this.ports.waiting(this.task, queue, notReady)
        return false
      }
      this.task.context.node = reader.node
      this.refuse(
        queue,
        findFault(notReady?.overdue ?? error) ??
          reject(code === 'MR3001' ? 'The bytes could not be decoded' : 'The timestamp could not be read', {
            code,
            cause: error,
          }),
      )
      return false
    }
  }

  private checkTime(time: number, reader: Reader): void {
    if (!isTime(time)) throw reject(`A timestamp is ${time}`, { code: 'MR3003' })
    if (time > reader.maxLead && time - this.ports.now() > reader.maxLead) {
      throw reject(`A timestamp, ${new Date(time).toISOString()}, lies too far ahead of the clock`, { code: 'MR3003' })
    }
  }

  private take(queue: PartitionQueue): void {
    const { task } = this
    const { head, index } = queue
    const reader = this.readers[index]!
    const { context } = task
    context.enter(queue)
    context.outOfOrderness = reader.outOfOrderness
    context.raisesTime = !reader.isRepartition
    context.key = head.key
    context.time = head.time
    task.watermark.take(index, head.time)
    task.touched = true
    const { counters } = this.ports
    const { out, filtered, late } = counters
    try {
      task.graph.receive(reader.source, head.key, head.value, head.time)
      task.undo.forget()
      queue.take()
    } catch (error) {
      counters.out = out
      counters.filtered = filtered
      counters.late = late
      this.refuse(queue, error)
    }
    if (task.watermark.value !== task.sentMark) this.sendMark()
    this.ports.settled()
  }

  /** Time mark W through the graph: closes what it has passed. */
  private sendMark(): void {
    const { task } = this
    const mark = task.watermark.value
    if (mark <= task.sentMark) return
    task.sentMark = mark
    task.touched = true
    task.context.leave()
    task.graph.advance(mark)
    task.undo.forget()
  }

  /** What the record did is taken back, then its policy is carried out; its offset advances. */
  private refuse(queue: PartitionQueue, error: unknown): void {
    const { task } = this
    task.undo.undoTo(0)
    // A row that the record made come out has spoken already; with it the record is taken back, so nothing is half done.
    if (error instanceof StopRequest) throw new StopRequest(error.fault, false)
    this.ports.rejected(task, queue, error)
    task.touched = true
    queue.take()
  }

  private takeMark(queue: PartitionQueue, cursor: RecordCursor): boolean {
    if (cursor.keyStart >= 0 || cursor.valueStart >= 0 || cursor.headerCount === 0) return false
    const message = decodeMarks(cursor.headers())
    if (message === null) return false
    this.applyMarks(queue, message)
    this.task.touched = true
    queue.take()
    return true
  }

  private applyMarks(queue: PartitionQueue, { runId, marks }: MarkMessage): void {
    const { task } = this
    for (const [writer, mark] of marks) {
      if (mark !== 'end') task.watermark.writerMark(queue.index, writer, mark)
      else if (runId !== null) task.hearEnd(queue, runId, writer)
    }
  }
}

function readerOf(task: Task, queue: PartitionQueue, index: number, bounded: boolean): Reader {
  const { source } = task.description.inputs[index]!
  const { node, role, index: place } = task.subTopology.nodes[task.subTopology.sources[source]!.node]!
  const record = new HeadRecord(queue)
  const stamp = sourceNodeOf(task.subTopology, source)
  const serdes =
    node.kind === 'repartition'
      ? { key: node.keySerde, value: node.valueSerde }
      : (node as { topic: { key: Serde<unknown>; value: Serde<unknown> } }).topic
  const extract = stamp?.timestamp ?? null
  return {
    key: serdes.key,
    value: serdes.value,
    nullIsDelete: node.kind === 'table-source',
    isRepartition: role === 'repartition-source',
    outOfOrderness: stamp?.outOfOrderness ?? 0,
    timestamp: extract === null ? null : () => Math.floor(extract(queue.head.value, record)),
    maxLead: stamp === null || stamp.maxLead === 'off' || bounded ? Number.POSITIVE_INFINITY : stamp.maxLead,
    source,
    node: place,
  }
}

/** Null where the serde admits it. */
function nullOf(serde: Serde<unknown>): null {
  if (serde.nullable) return null
  throw reject(`A null was read where ${serde.name} does not allow it`, { code: 'MR3001' })
}
