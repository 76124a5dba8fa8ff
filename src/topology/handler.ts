/** What user code gets and gives: the types of handlers. */
import type { Policy } from '../policies/policy.ts'
import type { Window } from '../record.ts'
import type { Serde } from '../serde/serde.ts'
import type { RecordContext } from './nodes.ts'

/** What a handler gets second: `{ key, time, window, headers, topic, partition, offset }`. Reused: copy what you keep. */
export interface HandlerContext<K, W extends Window | null = null> extends RecordContext<K> {
  readonly window: W
}

/** Options of a step whose handler may fail. */
export interface StepOptions {
  /** What to do with a record that fails here; without it the source's `onFailure` holds. */
  readonly onFailure?: readonly Policy[]
}

/** The step of a fold. Pure: no clock, no randomness, no change of its arguments. */
export type Add<S, V, K, W extends Window | null> = (sum: S, value: V, context: HandlerContext<K, W>) => S

export interface Fold<S, V, K, W extends Window | null> {
  /** How sums are written. */
  readonly as: Serde<S>
  /** The sum of nothing, or a function that makes it. Plain data given here is frozen. */
  readonly start: NoInfer<S> | (() => NoInfer<S>)
  readonly add: Add<NoInfer<S>, V, K, W>
}

/** A fold whose sums can be merged: sessions grow together. */
export interface MergingFold<S, V, K, W extends Window | null> extends Fold<S, V, K, W> {
  readonly merge: (one: NoInfer<S>, other: NoInfer<S>) => S
}
