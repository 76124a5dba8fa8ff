/** Patterns over the records of a key. */
import type { DeadLetterPolicy, Policy } from '../../policies/policy.ts'
import type { Serde } from '../../serde/serde.ts'
import type { AnyNode, NodeStore, RecordContext } from './base.ts'

/** What may lie between two records of a match: nothing, nothing that fits too, or anything. */
export type Contiguity = 'strict' | 'relaxed' | 'any'

/** Erased: the typed face is in `steps/pattern.ts`. */
export type PatternPredicate = (value: never, context: never) => boolean

/** Takes records into the match. */
export interface TakeStep {
  readonly kind: 'take'
  readonly name: string
  readonly predicate: PatternPredicate
  /** Between the last record of the step before and the first of this. */
  readonly contiguity: Contiguity
  /** Between the records of this step. */
  readonly inner: Contiguity
  /** How many records, if any; null: no bound. */
  readonly from: number
  readonly to: number | null
  /** It may also take none. */
  readonly optional: boolean
  /** What it can take no later step gets. */
  readonly greedy: boolean
}

/** Ends what would be a match: by the very next record, or by any until the next step. */
export interface RefuseStep {
  readonly kind: 'refuse'
  readonly name: string
  readonly predicate: PatternPredicate
  readonly reach: 'next' | 'until-next-step'
}

export type PatternStep = TakeStep | RefuseStep

/** Whether matches may share records, or the next one begins behind the last record of the one before. */
export type AfterMatch = 'none' | 'past-last'

export interface PatternNode {
  readonly kind: 'pattern'
  readonly input: AnyNode
  readonly name: string
  /** As `begin(…)` and what follows it make it. */
  readonly sequence: readonly PatternStep[]
  /** The last record of a match comes less than so many milliseconds after its first. */
  readonly within: number
  readonly skip: AfterMatch
  readonly select: (matches: never, context: RecordContext) => unknown
  readonly keySerde: Serde<unknown>
  readonly valueSerde: Serde<unknown>
  /** Records that wait or were taken; then the matches under way. */
  readonly stores: readonly [records: NodeStore, partial: NodeStore]
  /** For records that come too late; without it they are counted only. */
  readonly late?: DeadLetterPolicy
  readonly onFailure?: readonly Policy[]
}
