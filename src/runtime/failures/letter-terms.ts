/** What a run says of dead letters, checked. */
import { type Duration, toMilliseconds } from '../../clock.ts'
import { MillraceError } from '../../faults.ts'
import { defaultRateLimit, type RateLimit } from './letter-rate.ts'

/**
 * A task of whose records too many become dead letters pauses: what is wrong is not the records then.
 * @example await run(scores, { deadLetters: { rateLimit: { share: 0.2 }, includeStack: false } })
 */
export interface DeadLetterOptions {
  /** Default: more than 5 % of a task's records within 1 minute, once 100 were seen; `off`: any. */
  readonly rateLimit?: LetterRateOptions | 'off'
  /** False: dead letters say nothing of the places in the code. */
  readonly includeStack?: boolean
}

export interface LetterRateOptions {
  /** Of a task's records, 0 to 1. Default 0.05. */
  readonly share?: number
  /** Default 1 minute. */
  readonly window?: Duration
  /** Records that must have been seen in it before anything is said. Default 100. */
  readonly least?: number
}

export interface LetterTerms {
  /** Null: any number. */
  readonly rateLimit: RateLimit | null
  readonly includeStack: boolean
}

/** @throws MillraceError MR1003 for values that can't be */
export function letterTerms({ rateLimit = {}, includeStack = true }: DeadLetterOptions = {}): LetterTerms {
  if (rateLimit === 'off') return { rateLimit: null, includeStack }
  const { share = defaultRateLimit.share, window, least = defaultRateLimit.least } = rateLimit
  const milliseconds = window === undefined ? defaultRateLimit.window : toMilliseconds(window)
  if (!(share >= 0 && share <= 1)) throw refusal('share', share, 'a number from 0 to 1')
  if (!(milliseconds > 0)) throw refusal('window', milliseconds, 'a span longer than nothing')
  if (!(Number.isSafeInteger(least) && least > 0)) throw refusal('least', least, 'a whole number of at least 1')
  return { rateLimit: { share, window: milliseconds, least }, includeStack }
}

function refusal(option: string, value: number, wanted: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1003',
    what: `${option} of deadLetters.rateLimit is ${value}`,
    fix: `give it ${wanted}, or rateLimit: 'off'`,
  })
}
