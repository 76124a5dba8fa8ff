/** So many letters a second, by a clock. */
import { type Clock, sleep } from '../../clock.ts'

/** Who waits looks around so often whether it is to stop. */
const lookMilliseconds = 200
/** So much that was missed is made up for: clocks ring late. What a standstill of Kafka has cost is not. */
const slackMilliseconds = 1_000

/** @example const pace = new Pace(systemClock, 100); await pace.take(pace.share(500), () => false) */
export class Pace {
  private readonly clock: Clock
  private readonly perSecond: number | null
  /** When the next letter may go. */
  private due: number

  constructor(clock: Clock, perSecond: number | null) {
    this.clock = clock
    this.perSecond = perSecond
    this.due = clock.monotonic()
  }

  /** As many as go in one transaction: four a second, so that a cancel is heard soon. */
  share(most: number): number {
    return this.perSecond === null ? most : Math.min(most, Math.max(1, Math.ceil(this.perSecond / 4)))
  }

  /** Resolves when `count` more may go, or when it is to stop. */
  async take(count: number, isStopped: () => boolean): Promise<void> {
    if (this.perSecond === null) return
    for (let wait = this.wait; wait > 0; wait = this.wait) {
      if (isStopped()) return
      await sleep(this.clock, Math.min(wait, lookMilliseconds))
    }
    const earliest = this.clock.monotonic() - slackMilliseconds
    this.due = Math.max(this.due, earliest) + (count / this.perSecond) * 1_000
  }

  private get wait(): number {
    return this.due - this.clock.monotonic()
  }
}
