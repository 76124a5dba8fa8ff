/**
 * What a pattern means, word for word and without any state: every choice of records and steps is tried, and each is
 * judged by looking at all records of the input.
 */
import type { PatternStep, TakeStep } from '../../../src/topology/nodes/pattern.ts'
import type { TimedWord } from './runs.ts'

interface Place {
  /** Index in the sequence, refusals included. */
  readonly at: number
  readonly record: number
  /** How many records the step has, this one included. */
  readonly count: number
}

export class Oracle {
  private readonly sequence: readonly PatternStep[]
  private readonly words: readonly TimedWord[]
  private readonly within: number

  constructor(sequence: readonly PatternStep[], words: readonly TimedWord[], within: number) {
    this.sequence = sequence
    this.words = words
    this.within = within
  }

  /** As `matchesOf` tells them, in no order. */
  matches(): string[] {
    const found: string[] = []
    const extend = (places: readonly Place[]): void => {
      const when = this.endOf(places)
      if (when !== null) found.push(`${places.map(({ record }) => this.words[record]!.word).join(' ')}@${when}`)
      for (let record = places.at(-1)!.record + 1; record < this.words.length; record++) {
        if (this.isOver(places, record)) return
        for (const at of this.targets(places.at(-1)!)) {
          if (at === this.sequence.length || !this.takes(places.at(-1)!, at, record)) continue
          extend([...places, { at, record, count: at === places.at(-1)!.at ? places.at(-1)!.count + 1 : 1 }])
        }
      }
    }
    for (const place of this.beginnings()) extend([place])
    return found
  }

  private beginnings(): Place[] {
    return this.words.flatMap((_, record) => {
      const takers = this.firstSteps().filter((at) => this.fits(at, record))
      const greedy = takers.find((at) => this.take(at).greedy)
      return takers.filter((at) => greedy === undefined || at <= greedy).map((at) => ({ at, record, count: 1 }))
    })
  }

  /** The first step, and those behind it as long as all before may take none. */
  private firstSteps(): number[] {
    return this.reach(-1).filter((at) => at < this.sequence.length)
  }

  private reach(from: number): number[] {
    const reached: number[] = []
    for (let at = from + 1; at <= this.sequence.length; at++) {
      const step = this.sequence[at]
      if (step?.kind === 'refuse') continue
      reached.push(at)
      if (step !== undefined && !step.optional) break
    }
    return reached
  }

  private targets({ at, count }: Place): number[] {
    const { from, to } = this.take(at)
    const again = to === null || count < to ? [at] : []
    return count >= from ? [...again, ...this.reach(at)] : again
  }

  /** The step takes the record, given where the match stands: it is still waiting for it and nothing forbids it. */
  private takes(place: Place, at: number, record: number): boolean {
    if (at === this.sequence.length || !this.fits(at, record)) return false
    return this.isOpen(place, at, record) && !this.isForbidden(place, at, record)
  }

  /** No record between closed the way to the step. */
  private isOpen(place: Place, at: number, record: number): boolean {
    for (let between = place.record + 1; between < record; between++) {
      if (this.isForbidden(place, at, between)) return false
      if (at === this.sequence.length) continue
      const { contiguity, inner } = this.take(at)
      const allowed = at === place.at ? inner : contiguity
      if (allowed === 'strict' || (allowed === 'relaxed' && this.fits(at, between))) return false
    }
    return true
  }

  private isForbidden(place: Place, at: number, record: number): boolean {
    const isNext = record === place.record + 1
    const refused = this.refusals(place, at).some((index) => {
      const { reach } = this.sequence[index] as Extract<PatternStep, { kind: 'refuse' }>
      const isAsked = reach === 'until-next-step' || (isNext && this.mayLeave(place))
      return isAsked && this.fits(index, record)
    })
    return refused || this.greedyBefore(place, at).some((greedy) => this.takes(place, greedy, record))
  }

  private mayLeave({ at, count }: Place): boolean {
    return count >= this.take(at).from
  }

  /**
   * Refusals between where the match stands and the step; for one more of the same step, those right behind it; for the
   * end, those behind all steps.
   */
  private refusals(place: Place, at: number): number[] {
    const isTake = (step: PatternStep): boolean => step.kind === 'take'
    const until = at === place.at ? this.sequence.findIndex((step, index) => index > at && isTake(step)) : at
    const last = until === -1 ? this.sequence.length : until
    const first = at === this.sequence.length ? this.sequence.findLastIndex(isTake) : place.at
    return [...this.sequence.keys()].filter((index) => {
      return index > first && index < last && this.sequence[index]!.kind === 'refuse'
    })
  }

  private greedyBefore(place: Place, at: number): number[] {
    return this.targets(place).filter((target) => target < at && this.take(target).greedy)
  }

  /** When the match is whole, if it ever is: the time of the record in hand, or the end of time. */
  private endOf(places: readonly Place[]): number | 'end' | null {
    const place = places.at(-1)!
    const end = this.sequence.length
    if (!this.targets(place).includes(end)) return null
    if (this.refusals(place, end).length === 0 && this.greedyBefore(place, end).length === 0) {
      return this.words[place.record]!.time
    }
    for (let record = place.record + 1; record < this.words.length; record++) {
      if (this.isOver(places, record)) return this.words[record]!.time
      if (this.isForbidden(place, end, record)) return null
      if (this.isSettledAfter(place, record)) return this.words[record]!.time
    }
    return 'end'
  }

  private isSettledAfter(place: Place, record: number): boolean {
    const end = this.sequence.length
    const stays = this.refusals(place, end).some((index) => {
      return (this.sequence[index] as Extract<PatternStep, { kind: 'refuse' }>).reach === 'until-next-step'
    })
    return !stays && this.greedyBefore(place, end).every((greedy) => !this.isOpen(place, greedy, record + 1))
  }

  private isOver(places: readonly Place[], record: number): boolean {
    return this.words[record]!.time - this.words[places[0]!.record]!.time >= this.within
  }

  private take(at: number): TakeStep {
    return this.sequence[at] as TakeStep
  }

  private fits(at: number, record: number): boolean {
    const predicate = this.sequence[at]!.predicate as unknown as (word: string) => boolean
    return predicate(this.words[record]!.word)
  }
}

/** What `past-last` leaves of matches in the order they came out; each record's place is the number in its word. */
export function withoutOverlaps(matches: readonly string[]): string[] {
  const kept: string[] = []
  let last = -1
  for (const match of matches) {
    const places = match
      .slice(0, match.indexOf('@'))
      .split(' ')
      .map((word) => Number(word.slice(1)))
    if (places[0]! <= last) continue
    kept.push(match)
    last = Math.max(last, ...places)
  }
  return kept
}
