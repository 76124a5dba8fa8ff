/**
 * How long a transaction takes records. A commit waits for the answers that are under way, and nothing departs meanwhile:
 * where answers take long, taking as long as the last commit waited keeps at least half of the time for departures.
 */

/** Milliseconds: nobody waits longer for results because of others' answers. */
export const longestPace = 1_000

export class CommitPace {
  private readonly interval: number
  private waitingSince: number | null = null
  private waited = 0

  /** @param interval milliseconds between commits where nothing waits */
  constructor(interval: number) {
    this.interval = interval
  }

  /** Milliseconds until the next commit is due. */
  get next(): number {
    return Math.max(this.interval, Math.min(this.waited, longestPace))
  }

  /** A commit is due. */
  due(now: number): void {
    this.waitingSince ??= now
  }

  /** It goes ahead, or the transaction was given up. */
  begin(now: number): void {
    this.waited = this.waitingSince === null ? 0 : now - this.waitingSince
    this.waitingSince = null
  }
}
