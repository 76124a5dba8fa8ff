/** A clock that a test turns by hand. */
import type { Clock, Timer } from '../../src/clock.ts'

interface Alarm {
  readonly at: number
  readonly callback: () => void
}

export class HandClock implements Clock {
  #now = 1_700_000_000_000
  readonly #alarms: Set<Alarm> = new Set()

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(milliseconds: number, callback: () => void): Timer {
    const alarm = { at: this.#now + milliseconds, callback }
    this.#alarms.add(alarm)
    return { cancel: () => this.#alarms.delete(alarm) }
  }

  soon(callback: () => void): void {
    this.after(0, callback)
  }

  /** Lets time pass: what is due is called in the order of its time. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (;;) {
      const due = [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#alarms.delete(due)
      this.#now = Math.max(this.#now, due.at)
      due.callback()
    }
    this.#now = end
  }
}
