import { systemClock, type Timer } from '../../src/clock.ts'

/** What a fuzzer counts. */
export interface FuzzResult {
  readonly cases: number
  /** What went wrong with which case, so that it can be run again. */
  readonly crashes: readonly string[]
  readonly hangs: readonly string[]
  readonly growthMb: number
}

/** When a fuzzer stops: after so many cases, or when its time is over, whichever comes first. */
export interface FuzzLimits {
  readonly seed: number
  readonly cases: number
  readonly milliseconds: number
}

const ticks = 100
const tickMilliseconds = 10

/**
 * Calls `over` when something has taken so long that it counts as a hang: a second, counted in turns of this process. Both
 * sides run in it: while the machine does other work neither of them is to blame.
 * @returns what ends the waiting
 */
export function patience(over: () => void): () => void {
  let left = ticks
  let timer: Timer
  const tick = (): void => {
    if (left-- === 0) over()
    else timer = systemClock.after(tickMilliseconds, tick)
  }
  tick()
  return () => timer.cancel()
}
