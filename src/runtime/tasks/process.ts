/** Takes records from a task's queues, oldest event first, and runs each through the graph. No promise, no object a record. */
import { findFault } from '../../faults.ts'
import type { OperatorCounters } from '../../operators/operator.ts'
import { findNotReady, type NotReady } from '../../serde/not-ready.ts'
import type { RecordCursor } from '../../wire/batch.ts'
import type { Flights } from '../async/flights.ts'
import { keepRecord } from '../async/kept-record.ts'
import { type LandingPorts, land } from '../async/landing.ts'
import type { RecordCounts, Rejections } from '../counters.ts'
import { type Outcome, StopRequest } from '../failures/failures.ts'
import type { RateLimit } from '../failures/letter-rate.ts'
import { LetterWatch } from '../failures/letter-watch.ts'
import { ReentryTurns } from '../reentry/turns.ts'
import { hearMarks } from '../time/hear-marks.ts'
import { isThrough, sentBehind } from '../time/later-rounds.ts'
import type { Merge } from '../time/merge.ts'
import { mergeOf } from '../time/merge-of.ts'
import { sendMark, tellWallClock } from '../time/move-time.ts'
import { Repeater } from '../time/repeat.ts'
import { faultOf, type LeadJudge, type Reader, type Refusal, readerOf, readHead } from './head.ts'
import type { PartitionQueue } from './queue.ts'
import type { Task } from './task.ts'

/** What processing needs besides the task. */
export interface ProcessPorts {
  /** Carries out the policy for the record at the head of `queue`; throws when the worker must stop. */
  rejected(task: Task, queue: PartitionQueue, error: unknown): Outcome
  /** Carries out the policy for a record that had waited for an answer; throws when the worker must stop. */
  refused: LandingPorts['refused']
  /** The record at the head failed before. @returns true where the queue stops before it once more */
  holdAgain(task: Task, queue: PartitionQueue): boolean
  /** The head of `queue` can't be decoded yet; `queue.release(notReady)` lets it go on. */
  waiting(task: Task, queue: PartitionQueue, notReady: NotReady): void
  /** Between records: sends full batches. */
  settled(): void
  /** Wall clock, milliseconds. */
  now(): number
  /** True when the event loop has waited long enough: asked every few records. */
  isTimeUp(): boolean
  readonly bounded: boolean
  /** Of dead letters among records; null: any. */
  readonly rateLimit: RateLimit | null
  /** What the record in hand adds to. */
  readonly counters: OperatorCounters & RecordCounts & Rejections & { enforced: number; reentered: number }
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
  private readonly repeater: Repeater
  /** What comes again through topics of ours. */
  private readonly again: ReentryTurns
  private readonly ports: ProcessPorts
  private readonly landing: LandingPorts
  private readonly letters: LetterWatch
  /** Records in this turn. */
  private taken = 0
  /** The same of those that a redrive brought. */
  private redriven = 0
  /** True when the last turn ended before a record that a breaker holds up. */
  private standsAtGate = false

  constructor(task: Task, ports: ProcessPorts) {
    this.task = task
    this.ports = ports
    const { inputs } = task.description
    this.readers = task.queues.map((queue, index) => readerOf(task, queue, inputs[index]!.source, ports.bounded))
    this.raisesTime = !this.readers.some((reader) => reader.isRepartition)
    this.letters = new LetterWatch(task, ports)
    this.landing = {
      ...ports,
      refused: (...failed) => {
        const outcome = ports.refused(...failed)
        if (outcome === 'letter') this.letters.letter(this.taken + this.redriven)
        return outcome
      },
    }
    this.merge = mergeOf(task, this.readers, {
      fill: (queue) => this.fill(queue) !== null,
      now: () => ports.now(),
      counters: ports.counters,
    })
    this.repeater = new Repeater({
      task,
      merge: this.merge,
      fill: (queue) => this.fill(queue),
      tellWallClock: (now) => tellWallClock(this.task, now),
      finish: () => this.finish(),
      now: () => ports.now(),
    })
    this.again = new ReentryTurns(task, ports.bounded, {
      decode: (queue, cursor, reader) => this.decode(queue, cursor, reader),
      isTurnedAside: (queue, reader) => this.isTurnedAside(queue, reader),
      now: () => ports.now(),
    })
    task.rewound = () => this.merge.reset()
  }

  /** Wall time at which records can be taken without anything having come. */
  get wakesAt(): number {
    const wakesAt =
      this.hasRoom && !this.standsAtGate ? Math.min(this.merge.wakesAt, this.again.wakesAt) : this.merge.wakesAt
    return this.tellsTime ? Math.min(wakesAt, this.task.graph.wallClockDueAt) : wakesAt
  }

  /**
   * Takes up to `limit` records, and half as many that come again.
   * @returns how many were taken, without those; `hasMore` says whether it could go on
   */
  run(limit: number): number {
    this.hasMore = false
    this.land()
    if (this.task.paused !== null) return 0
    this.takeSome(limit)
    sendMark(this.task)
    const { taken, redriven } = this
    this.letters.endTurn(taken + redriven)
    // Answers land between turns too, and what has been counted is not counted again.
    this.taken = this.redriven = 0
    return taken
  }

  private takeSome(limit: number): void {
    this.hasMore = true
    this.standsAtGate = false
    this.again.begin(limit)
    for (let tried = 0; tried < limit && this.task.paused === null; ) {
      const again = this.hasRoom ? this.again.next() : null
      const queue = again ?? (this.hasRoom ? this.next() : null)
      if (queue === null) {
        this.hasMore = this.hasRoom && this.again.hasMore
        return
      }
      if (this.mustWait(queue)) continue
      this.standsAtGate = this.task.flights?.mayTake(queue) === false
      if (this.standsAtGate) {
        this.hasMore = false
        return
      }
      if (again !== null) this.takeAgain(again)
      else if (this.take(queue)) this.taken++
      if (++tried % chunkRecords === 0 && this.ports.isTimeUp()) return
    }
  }

  /** The record at the head failed before, and is not to be tried now. */
  private mustWait(queue: PartitionQueue): boolean {
    return !this.task.failing.isEmpty && this.ports.holdAgain(this.task, queue)
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
    const isSettled = isEnding && !task.awaitsReentries && task.paused === null
    // What comes back from a circle ends when this end has been round it.
    // A call that is still to fail may send its record to a retry topic: it would be late then.
    if (isSettled && !task.isWaiting && open.every(({ index }) => task.rounds[index]! > 0))
      task.watermark.advanceTo(Number.POSITIVE_INFINITY)
    sendMark(this.task)
    if (this.ports.counters.out !== out) task.decisions.endSpan()
    return isSettled && open.length === 0 && !task.isWaiting && isThrough(task)
  }

  /**
   * What is due by the wall clock happens. Every time an operator is told is a decision, so that a replay tells it the same.
   * @returns true when one was told: the task has something to commit
   */
  fireWallClock(now: number): boolean {
    if (!this.tellsTime || this.task.graph.wallClockDueAt > now) return false
    tellWallClock(this.task, now)
    return true
  }

  /** Not while a commit waits for answers: what it made steps ask for would be waited for too, and so on for ever. */
  private get tellsTime(): boolean {
    return !this.task.isReplaying && !this.task.flights?.isHeldBack && this.task.paused === null
  }

  /** Answers that have come go on. */
  land(): void {
    const { task, ports } = this
    if (task.flights === null || land(task, task.flights, this.landing) === 0) return
    task.noteActivity(ports.now())
    sendMark(this.task)
  }

  private get hasRoom(): boolean {
    const { flights } = this.task
    return flights === null || (flights.hasRoom && !this.task.hasRedone)
  }

  /** The queue to take from; null while none may be. */
  private next(): PartitionQueue | null {
    const { task } = this
    if (task.isReplaying) this.repeater.replay()
    if (task.queues.length > 1) return this.merge.next()
    const queue = this.fill(task.queues[0]!)
    return queue !== null && task.isHeld && !this.readers[0]!.isRepartition ? null : queue
  }

  /** Decodes and stamps the head, passing marks and refused records; null when nothing is here. */
  private fill(queue: PartitionQueue): PartitionQueue | null {
    if (queue.ready) return queue
    if (queue.isWaiting) return null
    const reader = this.readers[queue.index]!
    for (let cursor = queue.advance(); cursor !== null; cursor = queue.advance()) {
      if (reader.isRepartition && this.takeMark(queue, cursor)) continue
      if (!this.isTurnedAside(queue, reader) && this.decode(queue, cursor, reader)) {
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
  private delivered({ index, reentry }: PartitionQueue, time: number | null): void {
    const { task, merge } = this
    if (reentry !== null) return
    merge.delivered(index)
    if (merge.leftOutUntil(index) === null && task.decisions.isAbsent(index))
      task.decisions.end(index, task.moment(this.ports.now()), time)
  }

  private decode(queue: PartitionQueue, cursor: RecordCursor, reader: Reader): boolean {
    // Read again after a rewind it still is not to be tried.
    if (this.mustWait(queue)) return false
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
    const leads = refusal.reason === 'futureTimestamps' && queue.index < task.queues.length
    const moment = leads ? task.moment(task.recordedRefusal(queue)?.wallTime ?? ports.now()) : null
    task.context.node = node
    if (!this.refuse(queue, faultOf(refusal))) return
    ports.counters[refusal.reason]++
    if (moment !== null) task.decisions.lead(moment, queue.index, offset)
  }

  /** Judged by the wall clock, or as it once was. */
  private readonly isAhead: LeadJudge = (queue, time, { maxLead }) => {
    if (this.task.isReplaying && queue.reentry === null) return this.task.recordedRefusal(queue) !== null
    return time > maxLead && time - this.ports.now() > maxLead
  }

  /** @returns false where the record has to wait */
  private take(queue: PartitionQueue): boolean {
    const { task } = this
    const { head, index } = queue
    const reader = this.readers[index]!
    // The record before it may have been parked.
    if (this.isTurnedAside(queue, reader)) return !queue.isWaiting
    const { context } = task
    context.enter(queue)
    context.outOfOrderness = reader.outOfOrderness
    // Behind a step that waits records come in any order.
    context.raisesTime = this.raisesTime && reader.promise === null && task.flights === null
    context.key = head.key
    context.time = head.time
    const { time, promise } = head
    if (!this.work(queue, reader, index)) return false
    // Only now: while a record is tried again time stands still.
    task.watermark.take(index, time, promise)
    task.decisions.noteTaken(time)
    task.noteTaken(index)
    this.settle()
    return true
  }

  /** A record that comes again: no time follows it, and it may be late by now. */
  private takeAgain(queue: PartitionQueue): void {
    const { task } = this
    const { head } = queue
    const { reader, input } = this.again.entranceOf(queue)
    if (this.isTurnedAside(queue, reader)) return
    const { context } = task
    context.enter(queue)
    context.outOfOrderness = reader.outOfOrderness
    context.raisesTime = false
    context.key = head.key
    context.time = head.time
    task.touched = true
    const isRedriven = queue.reentry!.hops === 0
    if (!this.work(queue, reader, input)) return
    this.ports.counters.reentered++
    if (isRedriven) this.redriven++
    this.settle()
  }

  /**
   * Asked before a record is decoded, and again before it is run.
   * @returns true when its key is parked: it is put aside, or waits
   */
  private isTurnedAside(queue: PartitionQueue, { node }: Reader): boolean {
    const { task } = this
    if (queue.reentry?.withdrawn) return this.withdraw(queue)
    const fault = task.parking === null ? null : task.parking.before(queue)
    if (fault === null) return false
    task.context.node = node
    this.delivered(queue, null)
    if (this.refuse(queue, fault)) this.ports.settled()
    return true
  }

  /** Nobody wants the record any more. */
  private withdraw(queue: PartitionQueue): true {
    const { task } = this
    task.parking?.withdraw(queue)
    task.undo.forget()
    task.touched = true
    queue.take()
    return true
  }

  /**
   * The record in hand goes through the graph, from where its source comes in.
   * @returns false where it has to wait
   */
  private work(queue: PartitionQueue, reader: Reader, input: number): boolean {
    const { task } = this
    const { head } = queue
    const { counters } = this.ports
    const { out, filtered, late, skipped, deadLetters } = counters
    try {
      if (!task.failing.isEmpty) this.refuseAgain(queue)
      task.graph.receive(reader.source, head.key, head.value, head.time)
      if (task.flights !== null) this.depart(queue, task.flights, input)
      task.undo.forget()
      queue.take()
    } catch (error) {
      Object.assign(counters, { out, filtered, late, skipped, deadLetters } satisfies RecordCounts)
      if (!this.refuse(queue, error)) return false
      if (findFault(error)?.code === 'MR3004') counters.nullKeys++
    }
    return true
  }

  /** Not within `work`: a function that holds another one makes an object of its variables each time it is called. */
  private depart(queue: PartitionQueue, flights: Flights, input: number): void {
    flights.depart(() => keepRecord(queue), sentBehind(this.task, input))
  }

  /** A record is done with. */
  private settle(): void {
    const { task } = this
    if (task.watermark.value !== task.sentMark) sendMark(this.task)
    this.ports.settled()
  }

  /** What failed after it had waited, and had left traces, does not get that far again. */
  private refuseAgain({ index, current }: PartitionQueue): void {
    const next = this.task.failing.find(index, current.offset)?.next
    if (next?.kind !== 'refuse') return
    this.task.context.node = next.node
    throw next.error
  }

  /**
   * What the record did is taken back, then its policy is carried out. Its offset advances, unless it is to be tried again:
   * then its queue stops before it.
   * @returns false where it has to wait
   */
  private refuse(queue: PartitionQueue, error: unknown): boolean {
    const { task } = this
    task.undo.undoTo(0)
    // A row that the record made come out has spoken already; with it the record is taken back, so nothing is half done.
    if (error instanceof StopRequest) throw new StopRequest(error.fault, false)
    const outcome = this.ports.rejected(task, queue, error)
    if (outcome === 'held') return false
    if (outcome === 'letter') this.letters.letter(this.taken + this.redriven)
    task.touched = true
    queue.take()
    return true
  }

  private takeMark(queue: PartitionQueue, cursor: RecordCursor): boolean {
    if (!hearMarks(this.task, queue, cursor)) return false
    this.delivered(queue, null)
    this.task.touched = true
    queue.take()
    // At its place among the records, however many came with it.
    sendMark(this.task)
    return true
  }
}
