import { type Duration, toMilliseconds } from '../clock.ts'
import { MillraceError } from '../faults.ts'
import type { RetryTopicsPolicy } from './policy.ts'
import { checkSpan } from './values.ts'

/**
 * Tries a record again later without keeping others waiting: it goes to `<app>.retry.<name>.<delay>`, and comes back from
 * there. Records of one key overtake each other: where their order counts take `park`.
 * @throws MillraceError MR1003 without a delay, or for one that is not longer than nothing
 * @example onFailure: [retryTopics('risk', [{ seconds: 5 }, { minutes: 1 }]), deadLetter('orders')]
 */
export function retryTopics(name: string, delays: readonly Duration[]): RetryTopicsPolicy {
  const milliseconds = delays.map((delay) => checkSpan('retryTopics', 'delays', toMilliseconds(delay), 1))
  if (milliseconds.length === 0) {
    throw new MillraceError('fatal', {
      code: 'MR1003',
      what: 'retryTopics() has no delay',
      fix: 'give it one at least',
    })
  }
  return { kind: 'retry-topics', name, delays: milliseconds }
}
