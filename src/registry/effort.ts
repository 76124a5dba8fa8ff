/** What a request may cost at most. All requests share one event loop: who sends a monster must not stop the others. */
import { InvalidSchema } from './invalid-schema.ts'

/** More than any schema needs that people write; less than a second. */
const mostSteps = 400_000
/** Types that lead to each other can go much deeper than their text is nested. */
const deepest = 400

/** There is more to look at than one request may cost. */
export class Exhausted extends InvalidSchema {}

/**
 * Counts steps of about a microsecond.
 * @example effort.spend(names.length)
 */
export class Effort {
  private left = mostSteps
  private depth = 0

  /** @throws Exhausted */
  spend(steps: number, what = 'the schema is too large to be judged'): void {
    this.left -= steps
    if (this.left < 0) throw new Exhausted(what)
  }

  /** One level deeper in a recursion. @throws Exhausted */
  deeper<T>(work: () => T): T {
    if (++this.depth > deepest) throw new Exhausted('the schema leads too deep to be judged')
    try {
      return work()
    } finally {
      this.depth--
    }
  }
}
