/** Faults that wait for a request or its reply, and strike there. */

/**
 * `before`: the request does not leave · `sent`: it is on its way and will arrive · `answered`: its reply has come, and
 * nobody has read it.
 */
export type Moment = 'before' | 'sent' | 'answered'

/**
 * kill: the process dies there · reset: its connection does · late: the connection is reset, and the request arrives
 * nevertheless, so much later.
 */
export type Strike =
  | { readonly kind: 'kill' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'late'; readonly milliseconds: number }

export interface Trap {
  readonly api: number
  readonly moment: Moment
  /** Strikes at the n-th that matches, from 1. */
  nth: number
  /** A reply as short as that does not count: one without records. */
  readonly longerThan?: number
  readonly strike: Strike
  /** Told when it strikes. */
  readonly hit: () => void
}

/** The traps of one process; each strikes once. */
export class Traps {
  readonly #set: Set<Trap> = new Set()

  set(trap: Trap): void {
    this.#set.add(trap)
  }

  clear(): void {
    this.#set.clear()
  }

  /** The strike that is due, if any. */
  spring(api: number, moment: Moment, length: number): Strike | null {
    for (const trap of this.#set) {
      if (trap.api !== api || trap.moment !== moment || length <= (trap.longerThan ?? 0) || --trap.nth > 0) continue
      this.#set.delete(trap)
      trap.hit()
      return trap.strike
    }
    return null
  }
}
