import { type Duration, toMilliseconds } from '../clock.ts'
import { MillraceError } from '../faults.ts'

/** A duration that an option gives, in milliseconds. @throws MillraceError MR1003 when it is negative or not whole */
export function lengthOf(option: string, duration: Duration): number {
  const length = toMilliseconds(duration)
  if (Number.isSafeInteger(length) && length >= 0) return length
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `${option} must be a whole number of milliseconds, not negative`,
    why: `it is ${length} ms`,
  })
}
