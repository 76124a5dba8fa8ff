/** The broker's timers, kept together so that closing it leaves none behind. */
import type { Clock, Timer } from '../clock.ts'

export class Timers {
  readonly #clock: Clock
  readonly #running: Set<Timer> = new Set()
  #closed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `callback` once, after `milliseconds`, unless the broker is closed before. */
  after(milliseconds: number, callback: () => void): Timer {
    if (this.#closed) return { cancel: () => {} }
    const timer = this.#clock.after(milliseconds, () => {
      this.#running.delete(handle)
      callback()
    })
    const handle: Timer = {
      cancel: () => {
        this.#running.delete(handle)
        timer.cancel()
      },
    }
    this.#running.add(handle)
    return handle
  }

  /** Calls `callback` again and again, `milliseconds` apart. */
  every(milliseconds: number, callback: () => void): void {
    this.after(milliseconds, () => {
      callback()
      this.every(milliseconds, callback)
    })
  }

  close(): void {
    this.#closed = true
    for (const timer of [...this.#running]) timer.cancel()
  }
}
