/** How many of a task's records become dead letters: more than a few, and the fault lies elsewhere (`failures.md` 2.3). */

/** When a task pauses. */
export interface RateLimit {
  /** Of the records in the window, 0 to 1. */
  readonly share: number
  /** Milliseconds. */
  readonly window: number
  /** Records that must have been seen in the window before anything is said. */
  readonly least: number
}

/** More than one in twenty within a minute, once a hundred records were seen. */
export const defaultRateLimit: RateLimit = { share: 0.05, window: 60_000, least: 100 }

/** The window moves in so many steps. */
const steps = 12

interface Step {
  readonly at: number
  records: number
  letters: number
}

/**
 * Counts per task.
 * @example
 * const rate = new LetterRate({ share: 0.05, window: 60_000, least: 100 })
 * rate.records(now, 100)
 * rate.letter(now) // null: one of a hundred
 */
export class LetterRate {
  private readonly limit: RateLimit
  private window: Step[] = []

  constructor(limit: RateLimit) {
    this.limit = limit
  }

  /** @param now milliseconds */
  records(now: number, count: number): void {
    this.stepAt(now).records += count
  }

  /** One of the records became a dead letter. @returns why it is one too many, null where it is not; then it counts anew */
  letter(now: number): string | null {
    this.stepAt(now).letters++
    const { share, window, least } = this.limit
    let records = 0
    let letters = 0
    for (const step of this.window) {
      records += step.records
      letters += step.letters
    }
    // The record of this letter itself is counted when it is passed.
    const seen = Math.max(records, letters)
    if (seen < least || letters <= share * seen) return null
    this.window = []
    return `${letters} of ${seen} records became dead letters within ${window / 1_000} s`
  }

  private stepAt(now: number): Step {
    const { window } = this.limit
    const at = Math.floor((now * steps) / window)
    const last = this.window.at(-1)
    // A clock that went back counts where it was.
    if (last !== undefined && at <= last.at) return last
    const step: Step = { at, records: 0, letters: 0 }
    this.window = [...this.window.filter((each) => each.at > at - steps), step]
    return step
  }
}
