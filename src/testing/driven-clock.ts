import { type Clock, type Duration, type Timer, toMilliseconds } from '../clock.ts'

/** What a quiet repartition partition waits between two time marks at most; each commit lets that much pass. */
const commitGap = 1_000

interface Alarm {
  readonly at: number
  readonly callback: () => void
}

/** A wall clock that moves only when it is told to. It starts at the time of the first record. */
export class DrivenClock implements Clock {
  private wall: number | null
  private commits = 0
  private readonly alarms = new Set<Alarm>()

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

  /** What is due on the way is called, in order. */
  advance(duration: Duration): void {
    const end = this.now() + toMilliseconds(duration)
    for (let alarm = this.next(end); alarm !== null; alarm = this.next(end)) {
      this.alarms.delete(alarm)
      this.wall = Math.max(this.now(), alarm.at)
      alarm.callback()
    }
    this.wall = end
  }

  committed(): void {
    this.commits++
  }

  after(milliseconds: number, callback: () => void): Timer {
    const alarm: Alarm = { at: this.now() + milliseconds, callback }
    this.alarms.add(alarm)
    return { cancel: () => void this.alarms.delete(alarm) }
  }

  soon(): void {
    throw new Error('a driven topology has no loop')
  }

  private next(end: number): Alarm | null {
    let next: Alarm | null = null
    for (const alarm of this.alarms) if (alarm.at <= end && (next === null || alarm.at < next.at)) next = alarm
    return next
  }
}
