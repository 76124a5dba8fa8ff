/** A job in the hands of this process. */
import type { Random } from '../../random.ts'
import type { Matcher } from '../reading/selection.ts'
import type { Moving } from './mover.ts'

export interface JobRun extends Moving {
  readonly random: Random
  readonly matches: Matcher
  /** How long parked keys are waited for while workers take nothing. */
  readonly patienceMilliseconds: number
}
