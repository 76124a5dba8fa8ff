/** When a thread commits, and sends what is not full yet: counted from the first work since the last commit. */
import type { Clock } from '../../clock.ts'

/** Batches that are not full are sent this often within a commit interval. */
const sendsPerCommit = 4
/** Soon enough for those who wait, and seldom enough for those who work. */
const hastyMilliseconds = 100

export class CommitSchedule {
  private readonly clock: Clock
  private readonly interval: number
  private dueAt = Number.POSITIVE_INFINITY
  private sendAt = Number.POSITIVE_INFINITY

  /** @param interval milliseconds between two commits */
  constructor(clock: Clock, interval: number) {
    this.clock = clock
    this.interval = interval
  }

  /**
   * There is work to commit. Where there was some before, that one counts.
   * @param within milliseconds until the commit is due
   */
  begin(within: number = this.interval): void {
    if (this.dueAt !== Number.POSITIVE_INFINITY) return
    this.dueAt = this.clock.monotonic() + within
    this.sendNext()
  }

  /** Others wait for what there is to commit. */
  hasten(): void {
    if (this.dueAt === Number.POSITIVE_INFINITY) return
    this.dueAt = Math.min(this.dueAt, this.clock.monotonic() + hastyMilliseconds)
  }

  /** Nothing is left to commit. */
  clear(): void {
    this.dueAt = this.sendAt = Number.POSITIVE_INFINITY
  }

  get isDue(): boolean {
    return this.clock.monotonic() >= this.dueAt
  }

  /** Milliseconds until a commit is due; +Infinity where there is none, or where the one that is due can't be made yet. */
  dueIn(isHeldUp: boolean): number {
    const due = this.dueAt - this.clock.monotonic()
    return isHeldUp && due <= 0 ? Number.POSITIVE_INFINITY : due
  }

  /** True once in a while: outputs travel while the interval lasts, so that the commit has little left to wait for. */
  takeSend(): boolean {
    if (this.clock.monotonic() < this.sendAt) return false
    this.sendNext()
    return true
  }

  private sendNext(): void {
    this.sendAt = this.clock.monotonic() + this.interval / sendsPerCommit
  }
}
