/** Event time as one operator knows it (`semantics.md` 2.8). */
import type { MutableContext, OperatorTime } from './operator.ts'

/** T: rises with the records that may raise it and with marks; never infinite, so that a later run starts from it. */
export class OperatorClock {
  /** -1 before any record. */
  time = -1
  /** Up to where the operator has closed: what was closed stays closed. */
  closed = -1
  private readonly lead: number

  /** @param lead `leadOfTime`, where records come from several sources */
  constructor(lead = 0) {
    this.lead = lead
  }

  /** A record has reached the operator, before it is judged. */
  take({ raisesTime, outOfOrderness }: MutableContext, time: number): void {
    if (!raisesTime) return
    const least = time - (outOfOrderness > this.lead ? outOfOrderness : this.lead)
    if (least > this.time) this.time = least
  }

  /** A time mark has reached it. +Infinity, the end of a bounded run, closes but is not remembered. */
  mark(mark: number): void {
    if (mark > this.time && mark !== Number.POSITIVE_INFINITY) this.time = mark
  }

  save(): OperatorTime {
    return { time: this.time, closed: this.closed }
  }

  restore({ time, closed }: OperatorTime): void {
    this.time = time
    this.closed = closed
  }
}
