/**
 * The records of a task that wait for answers. Calls begin in the order of the records, at most so many at a time; answers
 * go on when the task has its turn, those of one key in the order of its records.
 */
import type { Clock } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import type { AsyncCall, AsyncCalls } from '../../operators/operator.ts'
import type { Undoable, UndoLog } from '../../state/undo.ts'
import { type Breaker, breakerIsOpen, type Pass } from '../breakers/breaker.ts'
import type { Failing } from '../failures/failing.ts'
import type { TaskContext } from '../tasks/context.ts'
import type { PartitionQueue } from '../tasks/queue.ts'
import { Answers } from './answers.ts'
import { type Answer, type Call, type Flight, laneOf } from './flight.ts'
import type { KeptRecord } from './kept-record.ts'
import { Lanes } from './lanes.ts'
import { Smallest } from './smallest.ts'

export interface FlightPorts {
  readonly context: TaskContext
  readonly undo: UndoLog
  readonly clock: Clock
  /** By node: the breakers in front of steps. */
  readonly gates?: ReadonlyMap<number, Breaker>
  readonly failing: Failing
}

/** A call that failed waits in flight for no longer in all, milliseconds: its commit waits with it. */
const longestRest = 1_000

export class Flights implements AsyncCalls, Undoable {
  /** Told when there is an answer to take. */
  answered: () => void = () => undefined
  /** True while nothing more may depart, since a commit is to come. */
  isHeldBack = false
  private readonly ports: FlightPorts
  private readonly gates: ReadonlyMap<number, Breaker>
  private readonly lanes = new Map<number, Lanes>()
  private readonly flights = new Set<Flight>()
  private readonly marks = new Smallest()
  private readonly answers = new Answers()
  /** What the work in hand asked for. */
  private added: { readonly request: AsyncCall; readonly isRow: boolean }[] = []
  private deliverable: Call[] = []

  constructor(ports: FlightPorts) {
    this.ports = ports
    this.gates = ports.gates ?? new Map()
  }

  get isEmpty(): boolean {
    return this.flights.size === 0
  }

  /** True when a record can be taken: all it may ask for could begin. */
  get hasRoom(): boolean {
    // What departs before a rewind would do its work in vain.
    if (this.isHeldBack || this.ports.failing.mustRewind) return false
    for (const lanes of this.lanes.values()) if (!lanes.hasRoom) return false
    return this.answers.isRepeating || this.gatesAreOpen
  }

  /** False where the record at the head has somebody to ask, and a breaker stands before it. */
  mayTake({ index, current }: PartitionQueue): boolean {
    return !this.answers.isRepeating || this.gatesAreOpen || this.answers.isSettled(index, current.offset)
  }

  private get gatesAreOpen(): boolean {
    for (const gate of this.gates.values()) if (!gate.hasRoom) return false
    return true
  }

  /** True when an answer can go on. */
  get hasAnswers(): boolean {
    return this.deliverable.length > 0
  }

  /** True while somebody is asked: an answer may come at any moment. */
  get isAsking(): boolean {
    for (const { calls } of this.flights) for (const { state } of calls) if (state === 'asked') return true
    return false
  }

  /** Calls that failed and are asked once more in a while. */
  get resting(): readonly Call[] {
    return [...this.flights].flatMap(({ calls }) => [...calls].filter(({ state }) => state === 'resting'))
  }

  /** Steps that wait hold back later marks than this; +Infinity when nothing is under way. */
  get mark(): number {
    return this.marks.value
  }

  add(request: AsyncCall): void {
    const { context, undo } = this.ports
    undo.note(this, null, null, null)
    this.added.push({ request, isRow: context.topic === null })
  }

  undo(): void {
    this.added.pop()
  }

  /**
   * The work in hand is done, and was not taken back: what it asked for begins.
   * @param record what it was caused by, asked for where something must be kept of it
   */
  depart(record: () => KeptRecord, mark: number, sameFlight: Flight | null = null): void {
    if (this.added.length === 0) return
    const { added } = this
    this.added = []
    const hasTraces = this.ports.undo.position > added.length
    let flight = sameFlight
    for (const { request, isRow } of added) {
      if (!isRow) flight ??= this.open(record(), mark)
      this.begin(request, isRow ? this.open(null, mark) : flight!)
    }
    if (flight !== null && hasTraces) flight.hasTraces = true
    for (const { request } of added) this.ask(this.lanesOf(request))
  }

  /** The next answer that may go on, or null. */
  next(): Call | null {
    return this.deliverable.shift() ?? null
  }

  /** An answer has gone on, and what that asked for belongs to the same record. */
  delivered(call: Call): void {
    const { flight } = call
    if (this.ports.undo.position > this.added.length) flight.hasTraces = true
    this.depart(() => flight.record!, flight.mark, flight)
    this.finish(call)
    this.close(flight)
  }

  /** The flight failed: nothing of it goes on. */
  giveUp(flight: Flight): void {
    if (flight.record !== null) this.answers.leaveGap(flight.record)
    for (const call of [...flight.calls]) this.finish(call)
    this.deliverable = this.deliverable.filter((call) => call.state !== 'gone')
    this.close(flight)
  }

  /**
   * A call that failed is asked once more after a while, at its place among those of its key, and its slot stays taken.
   * @param milliseconds how long it rests
   * @returns false where a commit would have to wait for that too long
   */
  repeat(call: Call, milliseconds: number): boolean {
    const { clock } = this.ports
    const { timeout } = call.request
    const spent = clock.monotonic() - call.askedAt + milliseconds
    if (this.ports.failing.mustRewind || spent > Math.min(longestRest, timeout / 2)) return false
    call.state = 'resting'
    call.restsUntil = clock.now() + milliseconds
    call.answer = null
    call.timer = clock.after(milliseconds, () => this.wakeUp(call))
    return true
  }

  /** What its answers led to has failed: it is to ask anew. */
  forgetAnswers(record: KeptRecord): void {
    this.answers.forget(record)
  }

  /** Everything before `position` of an input is committed. */
  committed(input: number, position: number): void {
    this.answers.committed(input, position)
  }

  /** The transaction is taken back. @param queues as far as they had been taken, and where each begins again */
  rewind(queues: ReadonlyMap<PartitionQueue, number>): void {
    for (const { record } of this.flights) if (record !== null) this.answers.leaveGap(record)
    this.answers.rewound(queues)
    this.dropFlights()
  }

  /** The task is another's. */
  drop(): void {
    this.answers.clear()
    this.dropFlights()
  }

  private dropFlights(): void {
    for (const flight of this.flights) for (const call of flight.calls) silence(call)
    this.flights.clear()
    this.lanes.clear()
    this.marks.clear()
    this.added = []
    this.deliverable = []
    this.isHeldBack = false
  }

  /** A breaker has moved: calls that waited for it begin, or fail. */
  askAgain(): void {
    for (const node of this.gates.keys()) {
      const lanes = this.lanes.get(node)
      if (lanes !== undefined) this.ask(lanes)
    }
  }

  private open(record: KeptRecord | null, mark: number): Flight {
    if (record === null) this.answers.rowAsks()
    const before = record === null ? undefined : this.ports.failing.find(record.input, record.offset)
    const attemptsBefore = before?.attempts ?? 0
    const flight: Flight = { record, mark, calls: new Set(), hasTraces: false, attemptsBefore }
    this.flights.add(flight)
    this.marks.add(mark)
    return flight
  }

  private close(flight: Flight): void {
    if (flight.calls.size > 0 || !this.flights.delete(flight)) return
    this.marks.remove(flight.mark)
  }

  private begin(request: AsyncCall, flight: Flight): void {
    const given = flight.record === null ? null : this.answers.take(flight.record, request)
    const call = newCall(request, flight, given === null ? null : { kind: 'value', value: given.value })
    flight.calls.add(call)
    const lanes = this.lanesOf(request)
    lanes.add(call)
    if (given === null || lanes.firstOf(call) !== call) return
    this.deliverable.push(call)
    this.answered()
  }

  private ask(lanes: Lanes): void {
    for (let call = lanes.firstWaiting; call !== null; call = lanes.firstWaiting) {
      const gate = this.gates.get(call.request.node)
      const pass = gate?.ask(call.request.timeout) ?? null
      if (pass === 'wait') return
      lanes.takeWaiting()
      if (pass === 'refused') this.refuse(call, gate!.policy.name)
      else this.start(call, pass)
    }
  }

  /** No attempt was made. */
  private refuse(call: Call, breaker: string): void {
    call.state = 'asked'
    this.answer(call, { kind: 'failure', error: breakerIsOpen(breaker) })
  }

  /** It has rested. Where its breaker has opened meanwhile no attempt is made. */
  private wakeUp(call: Call): void {
    const gate = this.gates.get(call.request.node)
    const pass = gate?.ask(call.request.timeout) ?? null
    if (pass === 'wait' || pass === 'refused') this.refuse(call, gate!.policy.name)
    else this.start(call, pass)
  }

  private start(call: Call, pass: Pass | null): void {
    const { request } = call
    const { clock } = this.ports
    const now = clock.monotonic()
    const abort = new AbortController()
    call.state = 'asked'
    call.abort = abort
    call.pass = pass
    if (Number.isNaN(call.askedAt)) call.askedAt = now
    // All attempts of a flight together take no longer than one may: that is what the transaction's timeout is set by.
    const patience = request.timeout - (now - call.askedAt)
    // What an earlier attempt still answers is not heard.
    const hear = (answer: Answer): void => {
      if (call.abort === abort) this.answer(call, answer)
    }
    call.timer = clock.after(patience, () => {
      const error = tooLong(patience)
      hear({ kind: 'failure', error })
      abort.abort(error)
    })
    request.start(abort.signal).then(
      (value) => hear({ kind: 'value', value }),
      (error: unknown) => hear({ kind: 'failure', error }),
    )
  }

  private answer(call: Call, answer: Answer): void {
    const { record } = call.flight
    if (call.state !== 'asked') {
      call.pass?.forgotten()
      if (call.state === 'gone' && record !== null && answer.kind === 'value')
        this.answers.keep(record, call.request, answer.value, true)
      return
    }
    if (answer.kind === 'failure') call.pass?.failed(answer.error)
    else {
      call.pass?.succeeded()
      if (record !== null) this.answers.keep(record, call.request, answer.value)
    }
    call.state = 'answered'
    call.answer = answer
    call.timer?.cancel()
    const first = this.lanesOf(call.request).firstOf(call)
    if (first === call) this.deliverable.push(call)
    // Behind one that rests it can't go on, but nobody may be asked any more.
    if (first === call || first.state === 'resting') this.answered()
  }

  private finish(call: Call): void {
    const lanes = this.lanesOf(call.request)
    const next = lanes.remove(call)
    if (next !== null) this.deliverable.push(next)
    silence(call)
    call.flight.calls.delete(call)
    this.ask(lanes)
  }

  private lanesOf({ node, concurrency }: AsyncCall): Lanes {
    const lanes = this.lanes.get(node) ?? new Lanes(concurrency)
    this.lanes.set(node, lanes)
    return lanes
  }
}

/** @param given remembered: nobody is asked */
function newCall(request: AsyncCall, flight: Flight, given: Answer | null): Call {
  return {
    request,
    flight,
    lane: laneOf(request.key),
    state: given === null ? 'waiting' : 'answered',
    isGiven: given !== null,
    failures: 0,
    askedAt: Number.NaN,
    restsUntil: 0,
    answer: given,
    abort: null,
    pass: null,
    timer: null,
  }
}

/** Whatever it still answers is not heard. */
function silence(call: Call): void {
  if (call.state === 'asked') call.abort?.abort()
  call.state = 'gone'
  call.timer?.cancel()
}

/** It may come in time when it is asked again. */
function tooLong(milliseconds: number): Error {
  return new MillraceError('retry', { code: 'MR4103', what: `No answer came within ${Math.round(milliseconds)} ms` })
}
