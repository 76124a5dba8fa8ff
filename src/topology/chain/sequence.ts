/** Makes patterns: each call adds a step to a frozen list, or changes the last one. */
import { MillraceError } from '../../faults.ts'
import type { Contiguity, PatternPredicate, PatternStep, TakeStep } from '../nodes/pattern.ts'
import type { Holding, PatternContext, Sequence, SequenceStep } from '../steps/pattern.ts'

/**
 * Begins a pattern: any record that fits may be the first of a match.
 * @example begin('small', (bid: Bid) => bid.price < 10).followedBy('large', (bid) => bid.price > 1000)
 */
export function begin<V, T extends V, N extends string>(
  name: N,
  predicate: (value: V, context: PatternContext<Holding<unknown, N, V>>) => value is T,
): SequenceStep<V, Holding<unknown, N, T>>
export function begin<V, N extends string>(
  name: N,
  predicate: (value: V, context: PatternContext<Holding<unknown, N, V>>) => boolean,
): SequenceStep<V, Holding<unknown, N, V>>
export function begin(name: string, predicate: PatternPredicate): unknown {
  return new SequenceChain([takeStep(name, predicate, 'any')])
}

class SequenceChain {
  readonly kind: Sequence<unknown, never>['kind'] = 'sequence'
  readonly steps: readonly PatternStep[]

  constructor(steps: readonly PatternStep[]) {
    this.steps = Object.freeze(steps)
    Object.freeze(this)
  }

  next(name: string, predicate: PatternPredicate): SequenceChain {
    return this.with(takeStep(name, predicate, 'strict'))
  }

  followedBy(name: string, predicate: PatternPredicate): SequenceChain {
    return this.with(takeStep(name, predicate, 'relaxed'))
  }

  followedByAny(name: string, predicate: PatternPredicate): SequenceChain {
    return this.with(takeStep(name, predicate, 'any'))
  }

  notNext(name: string, predicate: PatternPredicate): SequenceChain {
    return this.with({ kind: 'refuse', name, predicate, reach: 'next' })
  }

  notFollowedBy(name: string, predicate: PatternPredicate): SequenceChain {
    return this.with({ kind: 'refuse', name, predicate, reach: 'until-next-step' })
  }

  times(from: number, to: number = from): SequenceChain {
    if (isCount(from) && isCount(to) && to >= from) return this.tell({ from, to })
    throw new MillraceError('fatal', {
      code: 'MR1003',
      what: `The step ${this.steps.at(-1)!.name} can't take ${from === to ? from : `${from} to ${to}`} records`,
      fix: '.times(2) or .times(2, 4); a step that may take none is .optional()',
    })
  }

  oneOrMore(): SequenceChain {
    return this.tell({ from: 1, to: null })
  }

  optional(): SequenceChain {
    return this.tell({ optional: true })
  }

  greedy(): SequenceChain {
    return this.tell({ greedy: true })
  }

  consecutive(): SequenceChain {
    return this.tell({ inner: 'strict' })
  }

  allowCombinations(): SequenceChain {
    return this.tell({ inner: 'any' })
  }

  private with(step: PatternStep): SequenceChain {
    const { name } = step
    if (this.steps.every((each) => each.name !== name)) return new SequenceChain([...this.steps, Object.freeze(step)])
    throw new MillraceError('fatal', { code: 'MR4001', what: `Two steps of a pattern have the name ${name}` })
  }

  private tell(more: Partial<Omit<TakeStep, 'kind' | 'name'>>): SequenceChain {
    const last = this.steps.at(-1)!
    if (last.kind === 'take')
      return new SequenceChain([...this.steps.slice(0, -1), Object.freeze({ ...last, ...more })])
    throw new MillraceError('fatal', {
      code: 'MR1003',
      what: `The step ${last.name} takes no records, so it can't be told how many`,
    })
  }
}

function takeStep(name: string, predicate: PatternPredicate, contiguity: Contiguity): TakeStep {
  const once = { inner: 'relaxed', from: 1, to: 1, optional: false, greedy: false } as const
  return Object.freeze({ kind: 'take', name, predicate, contiguity, ...once })
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0
}
