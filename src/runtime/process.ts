/** Takes records from a task's queues, oldest event first, and runs each through the graph. No promise, no object a record. */
import { findFault } from '../faults.ts'
import type { OperatorCounters } from '../operators/operator.ts'
import { partitionName } from '../record.ts'
import { findNotReady, type NotReady } from '../serde/not-ready.ts'
import type { RecordCursor } from '../wire/batch.ts'
import type { Flights } from './async/flights.ts'
import { type KeptRecord, keepRecord } from './async/kept-record.ts'
import { land } from './async/landing.ts'
import { noRecord } from './async/staged-marks.ts'
import type { Rejections } from './counters.ts'
import type { Decision } from './decisions.ts'
import { StopRequest } from './failures/failures.ts'
import { faultOf, type LeadJudge, type Reader, type Refusal, readerOf, readHead } from './head.ts'
import { isThrough, sentBehind, smallestSent } from './later-rounds.ts'
import { decodeMarks, type MarkMessage } from './marks.ts'
import { Merge } from './merge.ts'
import type { PartitionQueue } from './queue.ts'
import { hasReached } from './recording.ts'
import { sourceNodeOf, type Task } from './task.ts'

/** What processing needs besides the task. */
export interface ProcessPorts {
  /** Carries out the policy for the record at the head of `queue`; throws when the worker must stop. */
  rejected(task: Task, queue: PartitionQueue, error: unknown): void
  /** Carries out the policy for a record that had waited for an answer; throws when the worker must stop. */
  refused(task: Task, record: KeptRecord, error: unknown): void
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
  readonly counters: OperatorCounters & Rejections & { enforced: number }
}

/** Every task gets at least so many records a turn, however slow its handlers are. */
const chunkRecords = 16

/** One task's loop. Built once per task. */
export class TaskProcessor {
  readonly task: Task
  /** True when the last turn left records that can be taken. */
  hasMore = false
  private readonly readers: readonly Reader[]
  /** False where one input is a repartition topic: its writers progress at different speeds, and only marks know (2.8 a). */
  private readonly raisesTime: boolean
  private readonly merge: Merge
  private readonly ports: ProcessPorts

  constructor(task: Task, ports: ProcessPorts) {
    this.task = task
    this.ports = ports
    this.readers = task.queues.map((queue, index) => readerOf(task, queue, index, ports.bounded))
    this.raisesTime = !this.readers.some((reader) => reader.isRepartition)
    this.merge = this.makeMerge()
    task.rewound = () => this.merge.reset()
  }

  /** Wall time at which records can be taken without anything having come. */
  get wakesAt(): number {
    return this.tellsTime ? Math.min(this.merge.wakesAt, this.task.graph.wallClockDueAt) : this.merge.wakesAt
  }

  /**
   * Takes up to `limit` records.
   * @returns how many were taken; `hasMore` says whether it could go on
   */
  run(limit: number): number {
    let taken = 0
    this.hasMore = true
    this.land()
    while (taken < limit) {
      const queue = this.hasRoom ? this.next() : null
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
    const { out } = this.ports.counters
    const isEnding = task.run !== null
    const open = task.queues.filter((queue) => !task.hasEnded(queue))
    // What comes back from a circle ends when this end has been round it.
    if (isEnding && open.every(({ index }) => task.rounds[index]! > 0))
      task.watermark.advanceTo(Number.POSITIVE_INFINITY)
    this.sendMark()
    if (this.ports.counters.out !== out) task.decisions.endSpan()
    return isEnding && open.length === 0 && !task.isWaiting && isThrough(task)
  }

  /**
   * What is due by the wall clock happens. Every time an operator is told is a decision, so that a replay tells it the same.
   * @returns true when one was told: the task has something to commit
   */
  fireWallClock(now: number): boolean {
    if (!this.tellsTime || this.task.graph.wallClockDueAt > now) return false
    this.tellWallClock(now)
    return true
  }

  /** Not while a commit waits for answers: what it made steps ask for would be waited for too, and so on for ever. */
  private get tellsTime(): boolean {
    return !this.task.isReplaying && !this.task.flights?.isHeldBack
  }

  private tellWallClock(now: number): void {
    const { task } = this
    const moment = task.moment(now)
    task.context.leave()
    task.graph.fireWallClock(now)
    task.flights?.depart(noRecord, smallestSent(task))
    task.undo.forget()
    task.decisions.timer(moment)
    task.touched = true
  }

  /** Answers that have come go on. */
  land(): void {
    const { task, ports } = this
    if (task.flights === null || land(task, task.flights, ports) === 0) return
    task.noteActivity(ports.now())
    this.sendMark()
  }

  private get hasRoom(): boolean {
    const { flights } = this.task
    return flights === null || flights.hasRoom
  }

  private makeMerge(): Merge {
    const { task, ports } = this
    const inputs = task.queues.map((queue, index) => {
      const { source } = task.description.inputs[index]!
      return {
        queue,
        wait: sourceNodeOf(task.subTopology, source)?.wait ?? 0,
        isSource: !this.readers[index]!.isRepartition,
      }
    })
    return new Merge(inputs, {
      fill: (queue) => this.fill(queue) !== null,
      hasEnded: (queue) => task.hasEnded(queue),
      isHeld: () => task.isHeld,
      isReplaying: () => task.isReplaying,
      moment: () => task.moment(ports.now()),
      now: () => ports.now(),
      decisions: task.decisions,
      counters: ports.counters,
    })
  }

  /** The queue to take from; null while none may be. */
  private next(): PartitionQueue | null {
    const { task } = this
    if (task.isReplaying) this.replay()
    if (task.queues.length > 1) return this.merge.next()
    const queue = this.fill(task.queues[0]!)
    return queue !== null && task.isHeld && !this.readers[0]!.isRepartition ? null : queue
  }

  /** Takes the decisions that a recording has for where the task stands. */
  private replay(): void {
    const { task } = this
    do this.repeatDue()
    while (this.fillOnce())
    // Positions have passed what is no record: more may be due.
    this.repeatDue()
    task.leaveReplay()
  }

  private repeatDue(): void {
    const { task } = this
    for (let due = task.recordedDecision(); due !== null; due = task.recordedDecision()) this.repeat(due)
    for (const queue of task.queues) if (this.isBack(queue)) this.comeBack(queue)
  }

  /** The next record of each queue that is there; @returns true when one was refused, or was none */
  private fillOnce(): boolean {
    let moved = false
    for (const queue of this.task.queues) {
      if (this.merge.leftOutUntil(queue.index) !== null) continue
      const { position } = queue
      this.fill(queue)
      moved ||= queue.position !== position
    }
    return moved
  }

  private isBack(queue: PartitionQueue): boolean {
    const until = this.merge.leftOutUntil(queue.index)
    return until !== null && hasReached(this.task.queues, until)
  }

  private comeBack(queue: PartitionQueue): void {
    const { task, merge } = this
    task.decisions.end(queue.index, task.moment(this.ports.now()), null)
    merge.leaveOut(queue.index, null)
    if (queue.ready) task.watermark.head(queue.index, queue.head.time)
  }

  private repeat(decision: Exclude<Decision, { kind: 'lead' }>): void {
    const { task } = this
    switch (decision.kind) {
      case 'clock':
        if (task.advanceClock(decision.after, decision.wallTime)) this.finish()
        return
      case 'timer':
        this.tellWallClock(decision.wallTime)
        return
      case 'absence':
        this.leaveOut(decision)
    }
  }

  private leaveOut({ input, until, wallTime }: Extract<Decision, { kind: 'absence' }>): void {
    const { task, merge } = this
    const queue = task.queues.find((each) => partitionName(each) === input)
    if (queue === undefined || hasReached(task.queues, until)) return
    merge.leaveOut(queue.index, until)
    task.watermark.head(queue.index, null)
    if (!task.decisions.isAbsent(queue.index)) task.decisions.begin(task.moment(wallTime), queue.index)
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
        this.delivered(queue, this.task.watermark.isUniform ? queue.head.time : null)
        return queue
      }
      if (queue.isWaiting || this.task.isReplaying) break
    }
    this.task.watermark.head(queue.index, null)
    return null
  }

  /** Something came through an input. If the task had gone on without it, that is over now. */
  private delivered({ index }: PartitionQueue, time: number | null): void {
    const { task, merge } = this
    merge.delivered(index)
    if (merge.leftOutUntil(index) === null && task.decisions.isAbsent(index))
      task.decisions.end(index, task.moment(this.ports.now()), time)
  }

  private decode(queue: PartitionQueue, cursor: RecordCursor, reader: Reader): boolean {
    const refusal = readHead(queue, cursor, reader, this.isAhead)
    if (refusal === null) return true
    const notReady = findNotReady(refusal.error)
    if (notReady?.overdue === null) {
      queue.hold(notReady)
      this.ports.waiting(this.task, queue, notReady)
      return false
    }
    this.turnAway(queue, cursor, reader, notReady === undefined ? refusal : { ...refusal, error: notReady.overdue })
    return false
  }

  /** No step sees the record; no time moves. */
  private turnAway(queue: PartitionQueue, { offset }: RecordCursor, { node }: Reader, refusal: Refusal): void {
    const { task, ports } = this
    this.delivered(queue, null)
    const moment = task.moment(task.recordedRefusal(queue)?.wallTime ?? ports.now())
    task.context.node = node
    this.refuse(queue, faultOf(refusal))
    ports.counters[refusal.reason]++
    if (refusal.reason === 'futureTimestamps') task.decisions.lead(moment, queue.index, offset)
  }

  /** Judged by the wall clock, or as it once was. */
  private readonly isAhead: LeadJudge = (queue, time, { maxLead }) => {
    if (this.task.isReplaying) return this.task.recordedRefusal(queue) !== null
    return time > maxLead && time - this.ports.now() > maxLead
  }

  private take(queue: PartitionQueue): void {
    const { task } = this
    const { head, index } = queue
    const reader = this.readers[index]!
    const { context } = task
    context.enter(queue)
    context.outOfOrderness = reader.outOfOrderness
    // Behind a step that waits records come in any order.
    context.raisesTime = this.raisesTime && reader.promise === null && task.flights === null
    context.key = head.key
    context.time = head.time
    task.watermark.take(index, head.time, head.promise)
    task.decisions.noteTaken(head.time)
    task.noteTaken(index)
    const { counters } = this.ports
    const { out, filtered, late } = counters
    try {
      if (task.flights !== null) this.refuseAgain(task.flights, queue)
      task.graph.receive(reader.source, head.key, head.value, head.time)
      task.flights?.depart(() => keepRecord(queue), sentBehind(task, index))
      task.undo.forget()
      queue.take()
    } catch (error) {
      counters.out = out
      counters.filtered = filtered
      counters.late = late
      this.refuse(queue, error)
      if (findFault(error)?.code === 'MR3004') counters.nullKeys++
    }
    if (task.watermark.value !== task.sentMark) this.sendMark()
    this.ports.settled()
  }

  /** What failed after it had waited, and had left traces, does not get that far again. */
  private refuseAgain({ refusals }: Flights, { index, current }: PartitionQueue): void {
    const refusal = refusals.find(index, current.offset)
    if (refusal === undefined) return
    this.task.context.node = refusal.node
    throw refusal.error
  }

  /** Time mark W through the graph: closes what it has passed; behind it those of what has been round a circle. */
  private sendMark(): void {
    this.sendFirst()
    this.task.laterRounds?.send(this.task)
  }

  private sendFirst(): void {
    const { task } = this
    if (task.flights !== null) {
      task.marks.send(task, task.flights)
      task.sentMark = task.marks.first
      return
    }
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
    this.delivered(queue, null)
    this.applyMarks(queue, message)
    this.task.touched = true
    queue.take()
    // At its place among the records, however many came with it.
    this.sendMark()
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
