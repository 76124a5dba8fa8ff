import { type Duration, toMilliseconds } from '../clock.ts'
import type { ParkPolicy } from './policy.ts'
import { checkCount, checkSpan } from './values.ts'

export interface ParkOptions {
  /** Most keys that are parked at a time. Default 10,000. */
  readonly keys?: number
  /** Most records of a key. Default 1,000. */
  readonly perKey?: number
  /** How long a key may be parked. Default 7 days. Beyond any of the three the task pauses. */
  readonly for?: Duration
}

/**
 * Keeps the order of a key: the failed record and all later ones with the same key bytes go to `<app>.dlq.<name>`, until
 * `millrace dlq redrive` has brought them back. A record without a key takes the next policy.
 * @throws MillraceError MR1003 for values that can't be
 * @example onFailure: [park('orders', { keys: 1_000 }), stop()]
 */
export function park(name: string, options: ParkOptions = {}): ParkPolicy {
  const { keys = 10_000, perKey = 1_000, for: time = { days: 7 } } = options
  return {
    kind: 'park',
    name,
    keys: checkCount('park', 'keys', keys),
    perKey: checkCount('park', 'perKey', perKey),
    for: checkSpan('park', 'for', toMilliseconds(time), 1),
  }
}
