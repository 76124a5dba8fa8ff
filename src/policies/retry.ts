import { type Duration, toMilliseconds } from '../clock.ts'
import type { RetryPolicy } from './policy.ts'
import { checkCount, checkSpan } from './values.ts'

export interface RetryOptions {
  /** How often after the first attempt. */
  readonly times: number
  /** The first wait and the longest; each is doubled from the one before, and drawn from zero on. Default 100 ms to 5 s. */
  readonly backoff?: readonly [Duration, Duration]
  /** From its first failure on nothing is tried longer than this. Default 1 minute. */
  readonly budget?: Duration
  /** Which errors are worth it. Default all that are not rejections. */
  readonly when?: (error: unknown) => boolean
}

/**
 * Tries a record again, where it is. The count is kept in memory: after a crash it begins anew.
 * @throws MillraceError MR1003 for values that can't be
 * @example onFailure: [retry({ times: 3, backoff: [{ milliseconds: 100 }, { seconds: 5 }] }), deadLetter('orders')]
 */
export function retry({ times, backoff, budget = { minutes: 1 }, when }: RetryOptions): RetryPolicy {
  const [first, longest] = (backoff ?? [{ milliseconds: 100 }, { seconds: 5 }]).map(toMilliseconds)
  checkCount('retry', 'times', times)
  checkSpan('retry', 'backoff', first!)
  checkSpan('retry', 'backoff', longest!, first!)
  const milliseconds = checkSpan('retry', 'budget', toMilliseconds(budget))
  return { kind: 'retry', times, backoff: [first!, longest!], budget: milliseconds, when: when ?? null }
}
