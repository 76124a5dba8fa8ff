/** Faults on request: what a test wants to go wrong, and whether it did. */
import type { Timers } from './timers.ts'

/** Which requests are meant. What is left out matches all. */
export interface RequestMatch {
  /** Kafka's name of the API, such as `EndTxn`. */
  readonly api?: string
  readonly clientId?: string
  readonly topic?: string
  readonly transactionalId?: string
  /** Counts matching requests from 1 and begins with this one. */
  readonly nth?: number
  /** How many requests are affected; one when left out. */
  readonly times?: number
}

/** A request as far as a match can see it. */
export interface SeenRequest {
  readonly api: string
  readonly clientId: string
  readonly topics: ReadonlySet<string>
  readonly transactionalId: string | null
}

/**
 * error: answered with that code, not executed · delay, hold: executed later · drop: neither executed nor answered ·
 * closeBefore: the connection ends, not executed · closeAfter: executed, then the connection ends, so that the client
 * cannot know.
 */
export type FaultAction =
  | { readonly kind: 'error'; readonly code: number }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  | { readonly kind: 'drop' }
  | { readonly kind: 'closeBefore' }
  | { readonly kind: 'closeAfter' }

/** The actions by name. */
export const faultActions: {
  error(code: number): FaultAction
  delay(milliseconds: number): FaultAction
  hold(until: Promise<unknown>): FaultAction
  drop: FaultAction
  closeBefore: FaultAction
  closeAfter: FaultAction
} = {
  error: (code) => ({ kind: 'error', code }),
  delay: (milliseconds) => ({ kind: 'delay', milliseconds }),
  hold: (until) => ({ kind: 'hold', until }),
  drop: { kind: 'drop' },
  closeBefore: { kind: 'closeBefore' },
  closeAfter: { kind: 'closeAfter' },
}

export interface Interception {
  /** Requests affected so far. A test whose fault never hit has shown nothing. */
  readonly hits: number
  remove(): void
}

interface Active {
  readonly match: RequestMatch
  readonly action: FaultAction
  seen: number
  hits: number
}

export class Faults {
  readonly #timers: Timers
  readonly #active: Set<Active> = new Set()

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /**
   * Applies an action to the next request that matches. Several are applied in the order in which they were asked for.
   * @example broker.faults.intercept({ api: 'EndTxn', transactionalId: 'flights-a-0' }, faultActions.closeAfter)
   */
  intercept(match: RequestMatch, action: FaultAction): Interception {
    const active: Active = { match, action, seen: 0, hits: 0 }
    this.#active.add(active)
    return {
      get hits(): number {
        return active.hits
      },
      remove: () => {
        this.#active.delete(active)
      },
    }
  }

  get isQuiet(): boolean {
    return this.#active.size === 0
  }

  /** The first action that is due for the request; its hit is counted. */
  take(request: SeenRequest): FaultAction | null {
    for (const active of this.#active) {
      if (!matches(active.match, request) || ++active.seen < (active.match.nth ?? 1)) continue
      if (++active.hits >= (active.match.times ?? 1)) this.#active.delete(active)
      return active.action
    }
    return null
  }

  /** Resolves when a request may go on. */
  async waitOut(action: FaultAction): Promise<void> {
    if (action.kind === 'hold') await action.until
    if (action.kind === 'delay') await new Promise<void>((resolve) => this.#timers.after(action.milliseconds, resolve))
  }
}

function matches(match: RequestMatch, request: SeenRequest): boolean {
  return (
    (match.api === undefined || match.api === request.api) &&
    (match.clientId === undefined || match.clientId === request.clientId) &&
    (match.topic === undefined || request.topics.has(match.topic)) &&
    (match.transactionalId === undefined || match.transactionalId === request.transactionalId)
  )
}
