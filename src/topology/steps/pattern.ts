/** The language of patterns: which records make a match, and in which order. Semantics are those of Flink's CEP. */
import type { Duration } from '../../clock.ts'
import type { HandlerContext, StepOptions } from '../handler.ts'
import type { ValueSerde } from '../jsonable.ts'
import type { LateOptions } from '../late.ts'
import type { AfterMatch, PatternStep } from '../nodes/pattern.ts'

/** The records of a match, by the names of the steps they were taken for. */
export type Matches = Readonly<Record<string, readonly unknown[]>>

/** What a predicate gets second. */
export interface PatternContext<M> {
  readonly key: unknown
  /** Event time of the record, milliseconds since 1970. */
  readonly time: number
  /** What the match holds so far, by step; steps that have taken nothing have an empty list. */
  readonly matches: M
}

type Fits<V, M> = (value: V, context: PatternContext<M>) => boolean
type Narrows<V, T extends V, M> = (value: V, context: PatternContext<M>) => value is T

/** What is held with one step more. */
export type Holding<M, N extends string, V> = M & { readonly [P in N]: readonly V[] }

/** A name that no step of the sequence has. */
type NewName<N extends string, M> = N extends keyof M ? never : N

/** A pattern as a value, as `pattern` takes it. */
export interface Sequence<V, M extends Matches> {
  readonly kind: 'sequence'
  readonly steps: readonly PatternStep[]
  /** Exists for the compiler only. */
  readonly matches?: (value: Exclude<V, null>) => M
}

/**
 * A pattern that can go on: `begin` makes it, each call returns a new one. Predicates must be pure: the same for the
 * same record and the same match, no clock, no randomness. Null values are never shown to them.
 */
export interface OpenSequence<V, M extends Matches> extends Sequence<V, M> {
  /**
   * Strict: the very next record of the key fits, or there is no match.
   * @example begin('failed', isFailure).next('passed', isSuccess)
   * @throws MillraceError MR4001 when the sequence has a step of this name
   */
  next<N extends string, T extends V>(
    name: NewName<N, M>,
    predicate: Narrows<V, T, Holding<M, N, V>>,
  ): SequenceStep<V, Holding<M, N, T>>
  next<N extends string>(name: NewName<N, M>, predicate: Fits<V, Holding<M, N, V>>): SequenceStep<V, Holding<M, N, V>>

  /** Relaxed: the first record that fits; others may lie between. */
  followedBy<N extends string, T extends V>(
    name: NewName<N, M>,
    predicate: Narrows<V, T, Holding<M, N, V>>,
  ): SequenceStep<V, Holding<M, N, T>>
  followedBy<N extends string>(
    name: NewName<N, M>,
    predicate: Fits<V, Holding<M, N, V>>,
  ): SequenceStep<V, Holding<M, N, V>>

  /** Any record that fits: a match for each. */
  followedByAny<N extends string, T extends V>(
    name: NewName<N, M>,
    predicate: Narrows<V, T, Holding<M, N, V>>,
  ): SequenceStep<V, Holding<M, N, T>>
  followedByAny<N extends string>(
    name: NewName<N, M>,
    predicate: Fits<V, Holding<M, N, V>>,
  ): SequenceStep<V, Holding<M, N, V>>

  /**
   * The very next record must not fit. As the last step: the match comes out with the next record that doesn't, or when
   * `within` has passed without one.
   */
  notNext(name: string, predicate: Fits<V, M>): OpenSequence<V, M>
  /**
   * No record that fits may come until the next step takes one. As the last step: the match comes out when `within` has
   * passed. Two rules for both refusals: after a step with a quantifier they also hold between its records, once it has
   * as many as it needs (`notFollowedBy` from the first); and before steps that may take none they don't hold for a
   * match that ends without them.
   * @example begin('order', isOrder).notFollowedBy('payment', isPayment)
   */
  notFollowedBy(name: string, predicate: Fits<V, M>): OpenSequence<V, M>
}

/** A sequence whose last step can still be told how many records it takes; without that it is one. */
export interface SequenceStep<V, M extends Matches> extends OpenSequence<V, M> {
  /** So many records, or any number from `from` to `to`. @throws MillraceError MR1003 for what is no number of records */
  times(from: number, to?: number): RepeatedStep<V, M>
  oneOrMore(): RepeatedStep<V, M>
  /** It may also take none: its list is empty then. */
  optional(): OptionalStep<V, M>
}

/** The last step takes several records; between them may lie others that don't fit. */
export interface RepeatedStep<V, M extends Matches> extends OptionalStep<V, M> {
  /** No other record may lie between them. */
  consecutive(): RepeatedStep<V, M>
  /** Others that fit may lie between them too: every combination is a match. */
  allowCombinations(): RepeatedStep<V, M>
  /** It may also take none. */
  optional(): RepeatedStep<V, M>
}

export interface OptionalStep<V, M extends Matches> extends OpenSequence<V, M> {
  /**
   * What it can take no later step gets, so of several matches with one beginning only the longest remains. As the last
   * step: the match comes out when no more can follow.
   */
  greedy(): this
}

export type PatternOptions<K, V, M, R> = ValueSerde<V> &
  StepOptions &
  LateOptions & {
    /** The last record of a match comes less than this after its first. */
    readonly within: Duration
    /** `past-last`: a match ends all others that began up to its last record. Default `none`: they may overlap. */
    readonly skip?: AfterMatch
    /** The result of a match; its event time is that of the match's last record. */
    readonly select: (matches: M, context: HandlerContext<K>) => R
  }
