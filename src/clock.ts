/** Time as a parameter: nothing below `cli/` reads a clock or sets a timer except through a `Clock`. */

/** A span of time, its units spelled at the call: `{ minutes: 1, seconds: 30 }`. */
export interface Duration {
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

/** A timer that can be cancelled. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Wall-clock time in milliseconds since 1970. */
  now(): number
  /** Milliseconds that never go back, from an arbitrary origin. */
  monotonic(): number
  /** Calls `callback` once, after `milliseconds`. */
  after(milliseconds: number, callback: () => void): Timer
  /** Calls `callback` once, after the input and output that waits has been handled. */
  soon(callback: () => void): void
}

const millisecondsPer = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
  milliseconds: 1,
} as const

/**
 * The milliseconds in a duration.
 * @example toMilliseconds({ minutes: 1, seconds: 30 }) // 90000
 */
export function toMilliseconds(duration: Duration): number {
  let total = 0
  for (const unit of Object.keys(millisecondsPer) as (keyof Duration)[])
    total += (duration[unit] ?? 0) * millisecondsPer[unit]
  return total
}

/** Resolves after `milliseconds` on that clock. */
export function sleep(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(milliseconds, resolve)
  })
}

/** Lets waiting input and output be handled: a loop that never does starves its own sockets. */
export function turn(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.soon(resolve)
  })
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds, callback) {
    const timeout = setTimeout(callback, milliseconds)
    return { cancel: () => clearTimeout(timeout) }
  },
  soon: (callback) => {
    setImmediate(callback)
  },
}
