/**
 * How long a Fetch may wait where nothing comes. Data ends the wait at once, so a long one costs nobody time, unless it
 * keeps others waiting for a connection: only one request at a node waits for long, the other one is soon free again.
 */
import type { Purpose } from '../cluster/cluster.ts'

/** A partition where something happens, and every request beside another one, milliseconds. */
export const shortestWait = 250
/** Where nothing has come for a while, milliseconds. */
const longestWait = 5_000
/** Who is free this soon before the other request ends waits for it, and both go on as one, milliseconds. */
const meetingMilliseconds = 20

/**
 * How long the next request for a partition waits, once more nothing has come.
 * @example longer(250) // 500
 */
export function longer(wait: number): number {
  return Math.min(wait * 2, longestWait)
}

/**
 * How long a request is to wait at its node; null: not yet, it goes together with what is about to be answered.
 * @param patience what the partition with the least allows
 * @param beside milliseconds until the other request at the node ends; null: there is none
 * @example waitFor(4_000, null)  // 4000
 * @example waitFor(4_000, 100)   // 100: both end together, and go on as one request
 */
export function waitFor(patience: number, beside: number | null): number | null {
  if (beside === null) return patience
  if (Math.abs(beside) > meetingMilliseconds) return beside > 0 ? Math.min(shortestWait, beside) : shortestWait
  return patience > shortestWait ? null : shortestWait
}

/** Milliseconds after which who waits for the other request asks by itself. */
export const meetingEnds: number = meetingMilliseconds

/** The requests that wait at each node: a connection takes one at a time, since brokers answer it in order. */
export class Seats {
  readonly #purposes: readonly Purpose[]
  /** By node: when each ends, on the monotonic clock. */
  readonly #ends = new Map<number, Map<Purpose, number>>()

  constructor(purposes: readonly Purpose[]) {
    this.#purposes = purposes
  }

  /** A connection to the node that nobody waits on. */
  free(node: number): Purpose | undefined {
    const taken = this.#ends.get(node)
    return this.#purposes.find((purpose) => !taken?.has(purpose))
  }

  /** When the request that waits at the node ends; null where there is none. */
  endsAt(node: number): number | null {
    const [endsAt = null] = this.#ends.get(node)?.values() ?? []
    return endsAt
  }

  take(node: number, purpose: Purpose, endsAt: number): void {
    const taken = this.#ends.get(node) ?? new Map<Purpose, number>()
    taken.set(purpose, endsAt)
    this.#ends.set(node, taken)
  }

  leave(node: number, purpose: Purpose): void {
    this.#ends.get(node)?.delete(purpose)
  }
}
