/** How much may be parked: beyond any bound the task pauses, since parking more would hide an outage (`failures.md` 2.2). */
import { formatDuration } from '../../duration.ts'
import { MillraceError } from '../../faults.ts'
import type { ParkPolicy } from '../../policies/policy.ts'
import type { KeyRow } from './rows.ts'

export type Bound = 'keys' | 'perKey' | 'for'

/** The bound that one more key would break, or null. */
export function boundOfKeys({ keys }: ParkPolicy, parked: number): Bound | null {
  return parked >= keys ? 'keys' : null
}

/** The bound that one more record of a parked key would break, or null. */
export function boundOfKey(policy: ParkPolicy, { count, since }: KeyRow, now: number): Bound | null {
  if (count >= policy.perKey) return 'perKey'
  return now - since > policy.for ? 'for' : null
}

const said: Readonly<Record<Bound, (policy: ParkPolicy) => string>> = {
  keys: ({ keys }) => `${keys} keys are parked already (keys)`,
  perKey: ({ perKey }) => `${perKey} records of the key are parked already (perKey)`,
  for: (policy) => `the key has been parked for more than ${formatDuration(policy.for)} (for)`,
}

/** The fault of a record that can't be parked. */
export function tooMuch(bound: Bound, policy: ParkPolicy, queue: string): MillraceError {
  const error = new MillraceError('reject', {
    code: 'MR4122',
    what: `Nothing more can be parked in ${queue}: ${said[bound](policy)}`,
    why: 'park(…) says how much may be parked',
    fix: 'millrace dlq redrive brings parked records back; the bounds can be raised',
  })
  // No code is at fault.
  error.stack = ''
  return error
}
