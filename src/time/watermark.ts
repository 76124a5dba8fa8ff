/**
 * How far event time has come for one task: the largest time its inputs vouch for. Pure numbers, no clock.
 *
 * `W = max(previous W, min over non-idle p of (min(S, max(P(p), head of p)) - d(p)))`, where S is the largest time taken,
 * P(p) the largest taken from p, and d(p) how far p may be out of order. An input behind a repartition topic counts with
 * the smallest mark of its writers instead, one whose records say themselves how far time has come with the largest of that.
 *
 * Where sub-topologies feed each other in a circle, W is the mark of the first round: inputs that the task's own records come
 * back through count only for what lies behind them (`markOf`), or time would wait for itself.
 */
import { LaterMarks } from './rounds.ts'

/** One input partition of a task. */
export interface WatermarkInput {
  /** Its topic: what was saved is found again by it, whatever became of the order of the inputs. */
  readonly topic: string
  /** Milliseconds. */
  readonly outOfOrderness: number
  /** The tasks that write this input, or null where it is a topic of the user. */
  readonly writers: readonly string[] | null
  /** True where the records say themselves that nothing older comes any more; then `outOfOrderness` means nothing. */
  readonly promises?: boolean
  /** How often what comes through it may have been round a circle of sub-topologies; 0, or left out, outside of circles. */
  readonly round?: number
}

/** What a writer promises: no later record of mine is older; `idle` is a writer that has never had a record. */
export type WriterMark = number | 'idle'

/** As it is saved with a commit; never infinite, so that it survives JSON. */
export interface SavedWatermark {
  readonly value: number
  readonly resting: boolean
  /** By topic. */
  readonly inputs: Readonly<Record<string, SavedInput>>
  /** In a circle of sub-topologies: the marks of the rounds behind the first. */
  readonly later?: readonly number[]
}

export interface SavedInput {
  readonly taken: number
  readonly idle: boolean
  /** The largest promise of its records, where they make any. */
  readonly promised?: number
  readonly writers: Readonly<Record<string, WriterMark>> | null
}

const unknown = -1

/**
 * The watermark of one task.
 * @example
 * const watermark = new Watermark([{ outOfOrderness: 5, writers: null }])
 * watermark.take(0, 100)
 * watermark.value // 95
 */
export class Watermark {
  private readonly inputs: readonly WatermarkInput[]
  /** With one d for all inputs and no writers the formula comes down to S - d: the merge takes the oldest head first. */
  private readonly uniform: number | null
  private readonly taken: number[]
  private readonly promised: number[]
  private readonly heads: number[]
  private readonly idle: boolean[]
  private readonly writers: (Map<string, WriterMark> | null)[]
  /** By input; all 0 outside of circles. */
  private readonly roundOf: readonly number[]
  /** Null outside of circles. */
  private readonly later: LaterMarks | null
  /** How many rounds there are: 1 outside of circles. */
  readonly rounds: number
  /** Last finite mark of writers whose bounded run has ended. */
  private readonly endedAt = new Map<string, WriterMark>()
  private stream = unknown
  private current = unknown
  /** The last finite value: what is saved. */
  private finite = unknown
  private resting = false

  constructor(inputs: readonly WatermarkInput[]) {
    this.inputs = inputs
    this.roundOf = inputs.map(({ round = 0 }) => round)
    this.rounds = Math.max(0, ...this.roundOf) + 1
    this.later = this.rounds > 1 ? new LaterMarks(this.rounds) : null
    this.uniform = uniformOutOfOrderness(inputs.filter(({ round = 0 }) => round === 0))
    this.taken = inputs.map(() => unknown)
    this.promised = inputs.map(() => unknown)
    this.heads = inputs.map(() => unknown)
    this.idle = inputs.map(() => false)
    this.writers = inputs.map(({ writers }) => writers && new Map(writers.map((writer) => [writer, unknown])))
  }

  /** W: never goes back, but for `restore`. -1 before anything is known, +Infinity at the end of a bounded run. */
  get value(): number {
    return this.current
  }

  /** W as it may be written down: that of the end of a bounded run may not, though in a circle records still come behind it. */
  get lastFinite(): number {
    return this.finite
  }

  /** True where one d counts for all inputs: then W follows from the records taken alone, whatever inputs were left out. */
  get isUniform(): boolean {
    return this.uniform !== null
  }

  /** True once a record was taken, also before a restart. */
  get hasTaken(): boolean {
    return this.stream !== unknown
  }

  /** True while no input has anything to count from: such a task is left out of the minimum downstream. */
  get isIdle(): boolean {
    return this.isIdleIn(this.rounds - 1)
  }

  /** The same for what inputs of later rounds than `round` don't reach. */
  isIdleIn(round: number): boolean {
    if (this.hasTaken) return false
    return this.writers.every((writers, input) => {
      return this.roundOf[input]! > round || (writers === null ? this.resting : allIdle(writers))
    })
  }

  /** How far time has come for what lies behind the inputs of a round, and perhaps of those before it. `markOf(0)` is W. */
  markOf(round: number): number {
    return this.later === null || round === 0 ? this.current : this.later.of(Math.min(round, this.rounds - 1))
  }

  /** The record in front of an input has this time; null when none is there. */
  head(input: number, time: number | null): void {
    this.heads[input] = time ?? unknown
    if (time !== null) this.idle[input] = false
  }

  /** A record of this time is taken from an input; it may promise that nothing older than `promise` comes any more. */
  take(input: number, time: number, promise: number = unknown): void {
    // What has come back says nothing of how far time is.
    if (this.later !== null && this.roundOf[input]! > 0) return
    if (time > this.stream) this.stream = time
    if (time > this.taken[input]!) this.taken[input] = time
    this.resting = false
    if (this.uniform !== null) {
      const mark = this.stream - this.uniform
      if (mark > this.current) {
        this.current = this.finite = mark
        if (this.later !== null) this.raiseLater(this.later)
      }
      return
    }
    if (promise > this.promised[input]!) this.promised[input] = promise
    this.heads[input] = unknown
    this.idle[input] = false
    this.leaveEmptyBehind(input)
    this.rise()
  }

  /** The tasks whose marks count for an input; none for a topic of the user. */
  writersOf(input: number): readonly string[] {
    return this.inputs[input]?.writers ?? []
  }

  /** A mark that came through an input. Marks of one writer never go back. */
  writerMark(input: number, writer: string, mark: WriterMark): void {
    const writers = this.writers[input]
    if (!writers?.has(writer)) return
    const before = writers.get(writer)!
    if (mark === 'idle' ? before !== unknown : before !== 'idle' && mark <= before) return
    if (mark === Number.POSITIVE_INFINITY) this.endedAt.set(endKey(input, writer), before)
    writers.set(writer, mark)
    if (this.later === null || this.roundOf[input] === 0) this.rise()
    else this.raiseLater(this.later)
  }

  /** The wall clock, or the end of a bounded run, moves time on (2.6, 2.16). */
  advanceTo(mark: number): void {
    if (!(mark > this.current)) return
    this.current = mark
    if (mark !== Number.POSITIVE_INFINITY) this.finite = mark
    if (this.later !== null) this.raiseLater(this.later)
  }

  /** Nothing ever came for long enough; lasts until the first record. */
  becomeIdle(): void {
    this.resting = true
    if (this.later !== null) this.raiseLater(this.later)
  }

  save(): SavedWatermark {
    const inputs = this.inputs.map(({ topic, promises }, input): [string, SavedInput] => {
      const writers = this.writers[input] ?? null
      const marks = writers && this.finiteMarks(input, writers)
      const saved = { taken: this.taken[input]!, idle: this.idle[input]!, writers: marks }
      return [topic, promises ? { ...saved, promised: this.promised[input]! } : saved]
    })
    const saved = { value: this.finite, resting: this.resting, inputs: Object.fromEntries(inputs) }
    return this.later === null ? saved : { ...saved, later: this.later.save() }
  }

  /** Goes back to what was saved. Inputs that have come since keep what a new input has. */
  restore(saved: SavedWatermark): void {
    this.current = this.finite = saved.value
    this.resting = saved.resting
    this.later?.restore(saved.later)
    this.endedAt.clear()
    for (const [input, { topic }] of this.inputs.entries()) {
      const before = saved.inputs[topic]
      this.taken[input] = before?.taken ?? unknown
      this.promised[input] = before?.promised ?? unknown
      this.idle[input] = before?.idle ?? false
      this.heads[input] = unknown
      const writers = this.writers[input]
      for (const writer of writers?.keys() ?? []) writers!.set(writer, before?.writers?.[writer] ?? unknown)
    }
    this.stream = Math.max(unknown, ...this.taken)
  }

  /** The merge went on without the empty inputs: they are idle until they deliver. */
  private leaveEmptyBehind(input: number): void {
    for (let other = 0; other < this.heads.length; other++) {
      if (other !== input && this.heads[other] === unknown) this.idle[other] = true
    }
  }

  private rise(): void {
    this.advanceTo(this.smallestTermOf(0))
  }

  private raiseLater(later: LaterMarks): void {
    const isLeftOut = this.current !== Number.POSITIVE_INFINITY && this.isIdleIn(0)
    later.rise(isLeftOut ? Number.NaN : this.current, (round) => this.smallestTermOf(round))
  }

  /** NaN where all inputs of the round are left out. */
  private smallestTermOf(round: number): number {
    let smallest = Number.NaN
    for (let input = 0; input < this.inputs.length; input++) {
      if (this.roundOf[input] !== round) continue
      const term = this.termOf(input)
      if (!(term >= smallest) && !Number.isNaN(term)) smallest = term
    }
    return smallest
  }

  /** NaN for an input that is left out of the minimum. */
  private termOf(input: number): number {
    const writers = this.writers[input]
    if (writers) return smallestMark(writers)
    if (this.idle[input] || this.resting) return Number.NaN
    if (this.inputs[input]!.promises) return this.promised[input]!
    const reached = Math.max(this.taken[input]!, this.heads[input]!)
    return Math.min(this.stream, reached) - this.inputs[input]!.outOfOrderness
  }

  private finiteMarks(input: number, writers: ReadonlyMap<string, WriterMark>): Record<string, WriterMark> {
    const marks: Record<string, WriterMark> = {}
    for (const [writer, mark] of writers) {
      marks[writer] = mark === Number.POSITIVE_INFINITY ? this.endedAt.get(endKey(input, writer))! : mark
    }
    return marks
  }
}

function uniformOutOfOrderness(inputs: readonly WatermarkInput[]): number | null {
  const first = inputs[0]?.outOfOrderness ?? 0
  const isUniform = inputs.every(
    ({ outOfOrderness, writers, promises }) => writers === null && !promises && outOfOrderness === first,
  )
  return isUniform ? first : null
}

function allIdle(writers: ReadonlyMap<string, WriterMark>): boolean {
  for (const mark of writers.values()) if (mark !== 'idle') return false
  return writers.size > 0
}

/** Not yet heard counts -1, an idle writer is left out; NaN when all are. */
function smallestMark(writers: ReadonlyMap<string, WriterMark>): number {
  let smallest = Number.NaN
  for (const mark of writers.values()) if (mark !== 'idle' && !(mark >= smallest)) smallest = mark
  return smallest
}

function endKey(input: number, writer: string): string {
  return `${input} ${writer}`
}
