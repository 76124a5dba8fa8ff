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

/** How long anything may take before it counts as a hang. */
export const patienceMilliseconds = 1_000
