/** Which letters: plain data that a job can remember, made into a predicate. */
import { jsonText } from '../../serde/json-text.ts'
import type { DeadLetter } from '../letter.ts'
import { compileExpression, type FilterSubject } from './evaluate.ts'
import { parseFilter } from './parse.ts'

/** All that is given must hold. Plain data: JSON carries it. */
export interface LetterFilter {
  /** Where the record was read. */
  readonly topic?: string
  readonly node?: string
  readonly stage?: string
  readonly code?: string
  /** Class of the error. */
  readonly error?: string
  /** The key, as text or as JSON. */
  readonly key?: string
  readonly fingerprint?: string
  /** Written then or later, milliseconds since 1970. */
  readonly from?: number
  /** Written before. */
  readonly to?: number
  /** See `millrace help filters`. Instants such as "-2h" count from `now`. */
  readonly expression?: string
  /** Of `expression`; absent: when it is first used. A job that goes on later needs it. */
  readonly now?: number
}

type Predicate = (subject: FilterSubject) => boolean

/**
 * A predicate for a filter.
 * @example compileFilter({ stage: 'process', expression: 'value.total > 100' }, clock.now())
 * @throws MillraceError MR4403 for an expression that cannot be understood
 */
export function compileFilter(filter: LetterFilter, now: number): Predicate {
  const tests: Predicate[] = []
  for (const [field, read] of Object.entries(exactFields)) {
    const wanted = filter[field as keyof typeof exactFields]
    if (wanted !== undefined) tests.push(({ letter }) => read(letter) === wanted)
  }
  const { from, to, key, expression } = filter
  if (from !== undefined) tests.push(({ letter }) => letter.time >= from)
  if (to !== undefined) tests.push(({ letter }) => letter.time < to)
  if (key !== undefined) tests.push((subject) => isKey(subject, key))
  if (expression !== undefined) tests.push(compileExpression(parseFilter(expression, { now: filter.now ?? now })))
  return (subject) => tests.every((test) => test(subject))
}

/** True where a filter lets everything pass. */
export function isEmptyFilter({ now: _, ...filter }: LetterFilter): boolean {
  return Object.values(filter).every((value) => value === undefined)
}

const exactFields = {
  topic: ({ source }: DeadLetter) => source?.topic,
  node: ({ node }: DeadLetter) => node,
  stage: ({ stage }: DeadLetter) => stage,
  code: ({ code }: DeadLetter) => code,
  error: ({ error }: DeadLetter) => error,
  fingerprint: ({ fingerprint }: DeadLetter) => fingerprint,
} as const

function isKey(subject: FilterSubject, wanted: string): boolean {
  const { key } = subject.letter
  if (key === null) return false
  return key.equals(Buffer.from(wanted)) || jsonText(subject.key) === wanted
}
