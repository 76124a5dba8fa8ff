/** When a worker's wheel stands still: until something is due, or somebody says that something has come. */

/** A rest ends after this long, milliseconds, however little there is to do: a process that was asleep must notice. */
const longestMilliseconds = 30_000
/** What waits for the wall clock is looked at this often, milliseconds: that clock may be set, and goes on in a machine that sleeps. */
const wallClockMilliseconds = 5_000

/** Milliseconds until there is something to do, by the clock that it is counted on; +Infinity where nothing is to come. */
export interface DueIn {
  readonly wallClock: number
  readonly monotonic: number
}

/**
 * The rule that no wake-up may be lost: who changes what the wheel waits for, beside it or after it has looked at its
 * tasks, calls `wake`. A call is kept until the tasks are looked at again, and no rest has a length before that. All else
 * is due by a clock, and worked out at the moment in which the rest begins.
 * @example
 * const rest = new Rest(fetcher)
 * await fetcher.poll({ milliseconds: rest.span(() => ({ wallClock: 400, monotonic: 100 })) })
 * rest.looked()
 */
export class Rest {
  private readonly sleeper: { wake(): void }
  private isWoken = false

  /** @param sleeper what the wheel rests in */
  constructor(sleeper: { wake(): void }) {
    this.sleeper = sleeper
  }

  /** There may be something to do. */
  wake(): void {
    this.isWoken = true
    this.sleeper.wake()
  }

  /** The tasks are about to be looked at: they find whatever has changed. */
  looked(): void {
    this.isWoken = false
  }

  /** How long to rest from now on, milliseconds. To be called right before, with nothing awaited in between. */
  span(dueIn: () => DueIn): number {
    if (this.isWoken) return 0
    const { wallClock, monotonic } = dueIn()
    const look = wallClock === Number.POSITIVE_INFINITY ? wallClock : Math.min(wallClock, wallClockMilliseconds)
    return Math.max(0, Math.min(monotonic, look, longestMilliseconds))
  }
}
