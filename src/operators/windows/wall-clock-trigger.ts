import type { WallClockWork } from '../operator.ts'

/** What the trigger is for. */
export interface Speech {
  /** True when something has changed since it last spoke. */
  isDue(): boolean
  speak(): void
}

/**
 * Fires by the wall clock, when something has changed since it last did. It has no clock: the first time it is told the
 * time it only begins to count. Missed intervals are one.
 */
export class WallClockTrigger implements WallClockWork {
  private readonly every: number
  private readonly speech: Speech
  /** When it may fire next; null: nobody has told the time yet. */
  private next: number | null = null
  /** True when something may have changed. */
  private noted = false

  constructor(every: number, speech: Speech) {
    this.every = every
    this.speech = speech
  }

  get dueAt(): number {
    return this.noted ? (this.next ?? 0) : Number.POSITIVE_INFINITY
  }

  fire(now: number): void {
    this.noted = this.speech.isDue()
    if (!this.noted || (this.next !== null && this.next > now)) return
    const begins = this.next === null
    this.next = now + this.every
    if (begins) return
    this.noted = false
    this.speech.speak()
  }

  /** Something has changed. */
  note(): void {
    this.noted = true
  }

  /** To be saved; undefined when it has not begun. */
  save(): number | undefined {
    return this.next ?? undefined
  }

  restore(next: number | undefined): void {
    this.next = next ?? null
    // Whether something has changed is asked when rows are there.
    this.noted = true
  }
}
