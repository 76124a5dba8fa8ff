/** So many letters a second, by a clock. */
import { type Clock, sleep } from '../clock.ts'

export class Pace {
  private readonly clock: Clock
  private readonly perSecond: number | null
  private readonly start: number
  private taken = 0

  constructor(clock: Clock, perSecond: number | null) {
    this.clock = clock
    this.perSecond = perSecond
    this.start = clock.monotonic()
  }

  /** As many as go in one transaction: four a second, so that a cancel is heard soon. */
  share(most: number): number {
    return this.perSecond === null ? most : Math.min(most, Math.max(1, Math.ceil(this.perSecond / 4)))
  }

  /** Resolves when `count` more may go. */
  async take(count: number): Promise<void> {
    if (this.perSecond === null) return
    const due = this.start + (this.taken / this.perSecond) * 1_000
    this.taken += count
    const wait = due - this.clock.monotonic()
    if (wait > 0) await sleep(this.clock, wait)
  }
}
