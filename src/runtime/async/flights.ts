/**
 * The records of a task that wait for answers. Calls begin in the order of the records, at most so many at a time; answers
 * go on when the task has its turn, those of one key in the order of its records.
 */
import type { Clock } from '../../clock.ts'
import { reject } from '../../faults.ts'
import type { AsyncCall, AsyncCalls } from '../../operators/operator.ts'
import type { Undoable, UndoLog } from '../../state/undo.ts'
import type { TaskContext } from '../context.ts'
import { type Answer, type Call, type Flight, laneOf } from './flight.ts'
import type { KeptRecord } from './kept-record.ts'
import { Lanes } from './lanes.ts'
import { Refusals } from './refusals.ts'
import { Smallest } from './smallest.ts'

export interface FlightPorts {
  readonly context: TaskContext
  readonly undo: UndoLog
  readonly clock: Clock
}

export class Flights implements AsyncCalls, Undoable {
  /** Records to be refused when they are read again. */
  readonly refusals: Refusals = new Refusals()
  /** Told when there is an answer to take. */
  answered: () => void = () => undefined
  /** True while nothing more may depart, since a commit is to come. */
  isHeldBack = false
  private readonly ports: FlightPorts
  private readonly lanes = new Map<number, Lanes>()
  private readonly flights = new Set<Flight>()
  private readonly marks = new Smallest()
  /** What the work in hand asked for. */
  private added: { readonly request: AsyncCall; readonly isRow: boolean }[] = []
  private deliverable: Call[] = []

  constructor(ports: FlightPorts) {
    this.ports = ports
  }

  get isEmpty(): boolean {
    return this.flights.size === 0
  }

  /** True when a record can be taken: all it may ask for could begin. */
  get hasRoom(): boolean {
    if (this.isHeldBack) return false
    for (const lanes of this.lanes.values()) if (!lanes.hasRoom) return false
    return true
  }

  /** True when an answer can go on. */
  get hasAnswers(): boolean {
    return this.deliverable.length > 0
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
    for (const call of [...flight.calls]) this.finish(call)
    this.deliverable = this.deliverable.filter((call) => call.state !== 'gone')
    this.close(flight)
  }

  /** Nothing that is under way is wanted any more: the transaction is taken back, or the task is another's. */
  drop(): void {
    for (const flight of this.flights) for (const call of flight.calls) silence(call)
    this.flights.clear()
    this.lanes.clear()
    this.marks.clear()
    this.added = []
    this.deliverable = []
    this.isHeldBack = false
    this.refusals.rewound()
  }

  private open(record: KeptRecord | null, mark: number): Flight {
    const flight: Flight = { record, mark, calls: new Set(), hasTraces: false }
    this.flights.add(flight)
    this.marks.add(mark)
    return flight
  }

  private close(flight: Flight): void {
    if (flight.calls.size > 0 || !this.flights.delete(flight)) return
    this.marks.remove(flight.mark)
  }

  private begin(request: AsyncCall, flight: Flight): void {
    const call: Call = {
      request,
      flight,
      lane: laneOf(request.key),
      state: 'waiting',
      answer: null,
      abort: null,
      timer: null,
    }
    flight.calls.add(call)
    this.lanesOf(request).add(call)
  }

  private ask(lanes: Lanes): void {
    for (let call = lanes.takeWaiting(); call !== null; call = lanes.takeWaiting()) this.start(call)
  }

  private start(call: Call): void {
    const { request } = call
    const { timeout } = request
    const abort = new AbortController()
    call.state = 'asked'
    call.abort = abort
    call.timer = this.ports.clock.after(timeout, () => {
      const error = tooLong(timeout)
      this.answer(call, { kind: 'failure', error })
      abort.abort(error)
    })
    request.start(abort.signal).then(
      (value) => this.answer(call, { kind: 'value', value }),
      (error: unknown) => this.answer(call, { kind: 'failure', error }),
    )
  }

  private answer(call: Call, answer: Answer): void {
    if (call.state !== 'asked') return
    call.state = 'answered'
    call.answer = answer
    call.timer!.cancel()
    if (!this.lanesOf(call.request).isFirst(call)) return
    this.deliverable.push(call)
    this.answered()
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

/** Whatever it still answers is not heard. */
function silence(call: Call): void {
  if (call.state === 'asked') call.abort!.abort()
  call.state = 'gone'
  call.timer?.cancel()
}

function tooLong(timeout: number): Error {
  return reject(`No answer came within ${timeout} ms`, { code: 'MR4103' })
}
