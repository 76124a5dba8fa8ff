/** What becomes of the records that an operator refuses for coming too late (`semantics.md` 2.11). */
import { MillraceError } from '../faults.ts'
import type { DeadLetterPolicy } from '../policies/policy.ts'

/** Of an operator that can refuse late records. */
export interface LateOptions {
  /**
   * Late records become dead letters, in the transaction that passes them; without it they are counted and told as an
   * event. One that several windows refuse is a letter for each.
   * @example clicks.window(tumbling({ minutes: 1 })).count('clicks', { late: deadLetter('late-clicks') })
   */
  readonly late?: DeadLetterPolicy
}

/** The option in the form of a node. @throws MillraceError MR1003 for another policy: programs without types can pass any */
export function lateOf({ late }: LateOptions = {}): LateOptions {
  if (late === undefined) return {}
  if (late?.kind === 'dead-letter') return { late }
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: 'Late records can only become dead letters',
    why: `late is ${JSON.stringify(late) ?? String(late)}`,
    fix: "late: deadLetter('a-name'), or connect the stream `late` of the step",
  })
}
