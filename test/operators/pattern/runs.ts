/** A pattern on the workbench: its automaton alone, without stores and time marks. Records are words like `a1`. */
import { afterMatch } from '../../../src/operators/pattern/after-match.ts'
import { automatonOf } from '../../../src/operators/pattern/automaton.ts'
import type { Match, Run } from '../../../src/operators/pattern/run.ts'
import { expire, step } from '../../../src/operators/pattern/step.ts'
import type { AfterMatch, PatternStep } from '../../../src/topology/nodes/pattern.ts'

/** A word and, behind `@`, its time; without one the place in the list. */
export interface TimedWord {
  readonly word: string
  readonly time: number
}

export function wordsOf(line: string): TimedWord[] {
  return line.split(' ').map((each, index) => {
    const [word, time] = each.split('@')
    return { word: word!, time: time === undefined ? index : Number(time) }
  })
}

export interface Trial {
  readonly sequence: { readonly steps: readonly PatternStep[] }
  readonly within?: number
  readonly skip?: AfterMatch
}

/** The matches as `a1 b2@time`, in the order they come out; time is where the last record or the end of time stood. */
export function matchesOf({ sequence, within = 1000, skip = 'none' }: Trial, words: readonly TimedWord[]): string[] {
  const automaton = automatonOf(sequence.steps, within)
  const found: string[] = []
  let runs: readonly Run[] = []
  const wordAt = ([, index]: readonly [number, number]): string => words[index]!.word
  const tell = (matches: readonly Match[], when: number | 'end'): void => {
    for (const match of matches) found.push(`${match.map(([, ...id]) => wordAt(id)).join(' ')}@${when}`)
  }
  words.forEach(({ word, time }, index) => {
    const expired = afterMatch(skip, expire(automaton, runs, time))
    tell(expired.matches, time)
    const record = { id: [time, index] as const, key: 'k', value: word }
    const stepped = afterMatch(skip, step(automaton, expired.runs, record, wordAt))
    tell(stepped.matches, time)
    runs = JSON.parse(JSON.stringify(stepped.runs))
  })
  tell(afterMatch(skip, expire(automaton, runs, Number.POSITIVE_INFINITY)).matches, 'end')
  return found
}

/** A predicate for words that begin with one of these letters. */
export function letters(...allowed: readonly string[]): (word: string) => boolean {
  return (word) => allowed.some((letter) => word.startsWith(letter))
}
