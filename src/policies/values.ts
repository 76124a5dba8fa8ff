/** What policies are given is checked where it is written: a wrong number would show in the night of an outage. */
import { MillraceError } from '../faults.ts'

/** @returns the value. @throws MillraceError MR1003 when it is no whole number of at least `least` */
export function checkCount(policy: string, option: string, value: number, least = 1): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw refusal(policy, option, value, `a whole number of at least ${least}`)
}

/** @returns the milliseconds. @throws MillraceError MR1003 when they are fewer than `least` */
export function checkSpan(policy: string, option: string, milliseconds: number, least = 0): number {
  if (Number.isFinite(milliseconds) && milliseconds >= least) return milliseconds
  throw refusal(policy, option, milliseconds, `at least ${least} ms`)
}

function refusal(policy: string, option: string, value: number, wanted: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1003',
    what: `${option} of ${policy}() is ${value}`,
    fix: `give it ${wanted}`,
  })
}
