/** A clock that a test turns by hand, at once: for code that keeps no promises. */
import type { Clock, Timer } from '../../src/clock.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'

export class HandClock implements Clock {
  readonly #clock = new VirtualClock()

  now(): number {
    return this.#clock.now()
  }

  monotonic(): number {
    return this.#clock.monotonic()
  }

  after(milliseconds: number, callback: () => void): Timer {
    return this.#clock.after(milliseconds, callback)
  }

  soon(callback: () => void): void {
    this.#clock.soon(callback)
  }

  /** Lets time pass: what is due is called in the order of its time. */
  advance(milliseconds: number): void {
    this.#clock.advanceNow({ milliseconds })
  }
}
