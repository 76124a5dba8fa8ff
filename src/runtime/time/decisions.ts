/**
 * Decisions that input alone does not give (`semantics.md` 2.7): what a task did because of the wall clock, or because
 * something had not come yet. Each is written with the results it caused; a replay of that range takes the same ones.
 */
import { partitionName, type TopicPartition } from '../../record.ts'

/** Next offset of each input, by `topic-partition`. */
export type Offsets = Readonly<Record<string, number>>

interface DecisionAt {
  readonly task: string
  readonly sequence: number
  /** Where the task stood. */
  readonly offsets: Offsets
  /** W at that moment. */
  readonly before: number
  /** W behind it; `idle`: the task has nothing to count from and is left out downstream. */
  readonly after: number | 'idle'
  readonly wallTime: number
}

/** `clock`: nothing came for long enough, and time followed the wall clock. `timer`: work that is due by the wall clock. */
export interface ClockDecision extends DecisionAt {
  readonly kind: 'clock' | 'timer'
}

/** The next record of an input was too far ahead of the wall clock. */
export interface LeadDecision extends DecisionAt {
  readonly kind: 'lead'
  readonly input: string
}

/** Gone on without an empty input, until the task stood at `until`. */
export interface AbsenceDecision extends DecisionAt {
  readonly kind: 'absence'
  readonly input: string
  readonly until: Offsets
}

export type Decision = ClockDecision | LeadDecision | AbsenceDecision

/** An absence that lasts. */
export interface Absence extends Omit<AbsenceDecision, 'kind' | 'until' | 'task' | 'after'> {
  /** The largest time taken since: an input that comes back with something later has missed nothing. */
  readonly newest: number
}

/** Where and when a decision is taken. */
export type Moment = Pick<DecisionAt, 'offsets' | 'before' | 'wallTime'>

export interface SavedDecisions {
  readonly next: number
  readonly absences: readonly Absence[]
}

/** An absence while it lasts. */
interface Open {
  readonly absence: Omit<Absence, 'newest'>
  newest: number
}

type Unnumbered = Omit<ClockDecision, 'task' | 'sequence'> | Omit<LeadDecision, 'task' | 'sequence'>

/** What one task has decided in the open transaction, and which absences last. */
export class DecisionLog {
  private readonly task: string
  private readonly inputs: readonly string[]
  private next = 0
  private readonly taken = new Map<number, Decision>()
  /** By place among the inputs; null for one that is there. */
  private readonly open: (Open | null)[]
  private absent = 0
  /** Of the advances of the present idle span: their number, and W before the first. */
  private span: { readonly sequence: number; readonly before: number } | null = null

  constructor(task: string, inputs: readonly TopicPartition[]) {
    this.task = task
    this.inputs = inputs.map(partitionName)
    this.open = inputs.map(() => null)
  }

  /**
   * Time followed the wall clock. Of one idle span in which nothing came out the last advance gives the same result as
   * all of them, so they share a number, and the compacted topic keeps one.
   */
  clock(moment: Moment, after: number | 'idle'): void {
    this.span ??= { sequence: this.next++, before: moment.before }
    this.taken.set(this.span.sequence, { kind: 'clock', task: this.task, ...moment, ...this.span, after })
  }

  /** Something came out: the next advance by the clock stands for itself. */
  endSpan(): void {
    this.span = null
  }

  timer(moment: Moment): void {
    this.add({ kind: 'timer', ...moment, after: moment.before })
  }

  /** The record at this offset of an input is refused. */
  lead(moment: Moment, input: number, offset: number): void {
    const name = this.inputs[input]!
    const offsets = { ...moment.offsets, [name]: offset }
    this.add({ kind: 'lead', input: name, ...moment, offsets, after: moment.before })
  }

  /** From now on, and until `end`, the task takes records as if that input were not there. */
  begin(moment: Moment, input: number): void {
    this.open[input] = { absence: { sequence: this.next++, input: this.inputs[input]!, ...moment }, newest: -1 }
    this.absent++
  }

  isAbsent(input: number): boolean {
    return this.open[input] !== null
  }

  /** A record of this time was taken. */
  noteTaken(time: number): void {
    this.span = null
    if (this.absent === 0) return
    for (const open of this.open) if (open !== null && time > open.newest) open.newest = time
  }

  /**
   * The input is back. An absence that changed nothing need not be known: a merge that had waited would have taken the
   * same records in the same order.
   * @param time of what it delivers; null where that can't be compared
   */
  end(input: number, until: Moment, time: number | null): void {
    const { absence, newest } = this.open[input]!
    this.open[input] = null
    this.absent--
    if (time !== null && time > newest) return
    const end = { until: until.offsets, after: until.before }
    this.taken.set(absence.sequence, { kind: 'absence', task: this.task, ...absence, ...end })
  }

  /** Those of the open transaction. */
  get pending(): readonly Decision[] {
    return [...this.taken.values()]
  }

  save(): SavedDecisions {
    const absences = this.open.flatMap((open) => (open === null ? [] : [{ ...open.absence, newest: open.newest }]))
    return { next: this.next, absences }
  }

  restore({ next, absences }: SavedDecisions): void {
    this.handedOver()
    this.next = next
    this.span = null
    for (const [index, name] of this.inputs.entries()) {
      const found = absences.find(({ input }) => input === name)
      this.open[index] = found === undefined ? null : openAgain(found)
    }
    this.absent = this.open.filter((open) => open !== null).length
  }

  /** What was pending is written. */
  handedOver(): void {
    this.taken.clear()
  }

  private add(decision: Unnumbered): void {
    this.span = null
    const sequence = this.next++
    this.taken.set(sequence, { ...decision, task: this.task, sequence })
  }
}

function openAgain({ newest, ...absence }: Absence): Open {
  return { absence, newest }
}
