/** A filter, ready to be asked of the open letters of a queue. */

import { compileFilter, isEmptyFilter, type LetterFilter } from '../filter/filter.ts'
import type { DeadLetter } from '../letter.ts'
import type { Decoder } from './decode.ts'
import { LazySubject } from './subject.ts'
import { whenReady } from './when-ready.ts'

/** Waits where a schema must be fetched first. */
export type Matcher = (letter: DeadLetter) => boolean | Promise<boolean>

/** Keys and values are decoded only where the filter asks for them. */
export function matcherOf(filter: LetterFilter, decode: Decoder, now: number): Matcher {
  if (isEmptyFilter(filter)) return () => true
  const passes = compileFilter(filter, now)
  return (letter) => {
    const { key, value, source, pointer } = letter
    const subject = new LazySubject({ letter, key, value, source, pointer }, 'open', decode)
    return whenReady(() => passes(subject))
  }
}
