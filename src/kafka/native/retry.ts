/** How long to wait before asking again, and when to stop asking. */
import type { Clock } from '../../clock.ts'
import { sleep } from '../../clock.ts'
import type { Random } from '../../random.ts'
import type { RetryConfig } from './config.ts'

/**
 * The nth wait (from 0): the initial time, multiplied each time, drawn at random by the factor around that, and never
 * longer than the maximal time.
 * @example backoff({ ...retry, initialRetryTime: 50, multiplier: 2, factor: 0 }, 2, random) // 200
 */
export function backoff(config: RetryConfig, attempt: number, random: Random): number {
  const full = Math.min(config.maxRetryTime, config.initialRetryTime * config.multiplier ** attempt)
  const drawn = full * (1 + config.factor * (2 * random.next() - 1))
  return Math.max(0, Math.min(config.maxRetryTime, drawn))
}

const longestMarkersWait = 20

/**
 * The nth wait (from 0), in milliseconds, while the last transaction's markers are on their way: that is mostly over
 * within a few milliseconds, and nobody tells when (KIP-890).
 * @example [0, 1, 2, 3, 4, 5].map(markersWait) // [1, 2, 4, 8, 16, 20]
 */
export function markersWait(attempt: number): number {
  return Math.min(longestMarkersWait, 2 ** attempt)
}

/** The patience of one operation: counts its attempts and knows its deadline. */
export class Patience {
  readonly #config: RetryConfig
  readonly #clock: Clock
  readonly #random: Random
  readonly #deadline: number
  #attempts = 0

  constructor(config: RetryConfig, milliseconds: number, clock: Clock, random: Random) {
    this.#config = config
    this.#clock = clock
    this.#random = random
    this.#deadline = clock.monotonic() + milliseconds
  }

  get isOver(): boolean {
    return this.#attempts > this.#config.retries || this.#clock.monotonic() >= this.#deadline
  }

  /** Waits before the next attempt: the backoff, or `milliseconds` exactly. False, at once, when patience is over. */
  async wait(milliseconds?: number): Promise<boolean> {
    // A wait of known length is for a state that passes by itself: it costs no attempt, only time.
    if (milliseconds === undefined) this.#attempts++
    if (this.isOver) return false
    const wanted = milliseconds ?? backoff(this.#config, this.#attempts - 1, this.#random)
    await sleep(this.#clock, Math.min(wanted, Math.max(1, this.#deadline - this.#clock.monotonic())))
    return true
  }
}
