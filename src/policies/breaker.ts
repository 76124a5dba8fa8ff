import { type Duration, toMilliseconds } from '../clock.ts'
import type { BreakerPolicy } from './policy.ts'
import { checkCount, checkSpan } from './values.ts'

export interface BreakerOptions {
  /** Failures in a row after which no call is made. Default 5. */
  readonly opensAfter?: number
  /** How long. Default 30 seconds; then one call at a time probes whether the neighbour is back. */
  readonly coolsFor?: Duration
  /** Probes in a row that must succeed. Default 3. */
  readonly closesAfter?: number
  /** `pause` (default): records wait where they are; `fail`: the next policy at once, with code MR4301. */
  readonly whileOpen?: 'pause' | 'fail'
}

/**
 * A circuit breaker around a step that waits for answers: every attempt passes through it, what rejects a record counts for
 * nothing. One per name and worker process.
 * @throws MillraceError MR1003 for values that can't be
 * @example onFailure: [retry({ times: 3 }), breaker('risk-api'), deadLetter('orders-unscored')]
 */
export function breaker(name: string, options: BreakerOptions = {}): BreakerPolicy {
  const { opensAfter = 5, coolsFor = { seconds: 30 }, closesAfter = 3, whileOpen = 'pause' } = options
  return {
    kind: 'breaker',
    name,
    opensAfter: checkCount('breaker', 'opensAfter', opensAfter),
    coolsFor: checkSpan('breaker', 'coolsFor', toMilliseconds(coolsFor), 1),
    closesAfter: checkCount('breaker', 'closesAfter', closesAfter),
    whileOpen,
  }
}
