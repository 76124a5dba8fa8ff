/** Faults on request: what a test wants to go wrong, and whether it did. */
import type { FaultAction } from './fault-actions.ts'

export { type FaultAction, faultActions } from './fault-actions.ts'

/** Which requests are meant. What is left out matches all. */
export interface RequestMatch {
  /** Kafka's name of the API, such as `EndTxn`. */
  readonly api?: string
  /** The node that is asked. */
  readonly node?: number
  readonly clientId?: string
  readonly topic?: string
  readonly transactionalId?: string
  readonly groupId?: string
  /** Counts matching requests from 1 and begins with this one. */
  readonly nth?: number
  /** How many requests are affected; one when left out, and as many as there are steps where steps are given. */
  readonly times?: number
}

/** A request as far as a match can see it. */
export interface SeenRequest {
  readonly api: string
  readonly node: number
  readonly clientId: string
  readonly topics: ReadonlySet<string>
  readonly transactionalId: string | null
  readonly groups: ReadonlySet<string>
}

/** What happens to one request: an action, or several one after another, such as a delay and then an error. */
export type FaultStep = FaultAction | readonly FaultAction[]

export interface Interception {
  readonly match: RequestMatch
  /** Requests affected so far. A test whose fault never hit has shown nothing. */
  readonly hits: number
  remove(): void
}

class Active implements Interception {
  readonly match: RequestMatch
  readonly steps: readonly FaultStep[]
  readonly times: number
  readonly remove: () => void
  seen = 0
  hits = 0

  constructor(match: RequestMatch, steps: readonly FaultStep[], removed: (active: Active) => void) {
    this.match = match
    this.steps = steps
    this.times = match.times ?? steps.length
    this.remove = () => removed(this)
  }

  /** The step for the request that was hit last: the last one again when there are no more. */
  get actions(): readonly FaultAction[] {
    const step = this.steps[Math.min(this.hits, this.steps.length) - 1]!
    return 'kind' in step ? [step] : step
  }
}

export class Faults {
  readonly #active: Set<Active> = new Set()
  readonly #unhit: Set<Active> = new Set()

  /**
   * Applies an action to the next request that matches. Several are applied in the order in which they were asked for.
   * @example broker.faults.intercept({ api: 'EndTxn', transactionalId: 'flights-a-0' }, faultActions.closeAfter)
   */
  intercept(match: RequestMatch, action: FaultAction): Interception {
    return this.interceptEach(match, [action])
  }

  /**
   * A stack: the first request that matches meets the first step, the next one the next.
   * @example broker.faults.interceptEach({ api: 'Produce' }, [[delay(50), error(6)], error(7)])
   */
  interceptEach(match: RequestMatch, steps: readonly FaultStep[]): Interception {
    if (steps.length === 0) throw new RangeError('a fault needs at least one step')
    const active = new Active(match, steps, () => this.#active.delete(active))
    this.#active.add(active)
    this.#unhit.add(active)
    return active
  }

  get isQuiet(): boolean {
    return this.#active.size === 0
  }

  /** What waits for a request. */
  active(): Interception[] {
    return [...this.#active]
  }

  /** Faults that were asked for and have hit nothing, removed or not: a run that has some has not shown what it wanted. */
  unhit(): RequestMatch[] {
    return Array.from(this.#unhit, ({ match }) => match)
  }

  /** Removes all. */
  clear(): void {
    this.#active.clear()
  }

  /** The actions that are due for the request, in order; hits are counted one by one, as they are taken. */
  *due(request: SeenRequest): Generator<FaultAction> {
    for (const active of this.#active) {
      if (!matches(active.match, request) || ++active.seen < (active.match.nth ?? 1)) continue
      active.hits++
      this.#unhit.delete(active)
      if (active.hits >= active.times) this.#active.delete(active)
      yield* active.actions
    }
  }
}

function matches(match: RequestMatch, request: SeenRequest): boolean {
  return (
    (match.api === undefined || match.api === request.api) &&
    (match.node === undefined || match.node === request.node) &&
    (match.clientId === undefined || match.clientId === request.clientId) &&
    (match.topic === undefined || request.topics.has(match.topic)) &&
    (match.groupId === undefined || request.groups.has(match.groupId)) &&
    (match.transactionalId === undefined || match.transactionalId === request.transactionalId)
  )
}
