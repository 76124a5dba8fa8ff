import { type Clock, type Duration, type Timer, toMilliseconds } from '../clock.ts'

/** What a quiet repartition partition waits between two time marks at most; each commit lets that much pass. */
const commitGap = 1_000

/** A wall clock that moves only when it is told to. It starts at the time of the first record. */
export class DrivenClock implements Clock {
  private wall: number | null
  private commits = 0

  constructor(start: number | null) {
    this.wall = start
  }

  now(): number {
    return this.wall ?? 0
  }

  /** Runs ahead of the wall clock, so that no commit holds a time mark back. */
  monotonic(): number {
    return this.now() + this.commits * commitGap
  }

  /** @returns true the first time */
  start(at: number): boolean {
    if (this.wall !== null) return false
    this.wall = at
    return true
  }

  advance(duration: Duration): void {
    this.wall = this.now() + toMilliseconds(duration)
  }

  committed(): void {
    this.commits++
  }

  after(): Timer {
    throw new Error('nothing waits in a driven topology')
  }

  soon(): void {
    throw new Error('nothing waits in a driven topology')
  }
}
