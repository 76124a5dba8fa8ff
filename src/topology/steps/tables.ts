/** What tables and what makes them are told. */
import type { Duration } from '../../clock.ts'
import type { Add, Fold, HandlerContext, StepOptions } from '../handler.ts'
import type { ValueSerde } from '../jsonable.ts'
import type { LateOptions } from '../late.ts'
import type { TableOrder } from '../nodes/tables.ts'

export interface RowLife {
  /** A row vanishes so long after its last change, in event time; default never. */
  readonly ttl?: Duration
}

/** Which updates a table takes. */
export interface TableUpdates extends RowLife {
  /** Whether an update older than its row is ignored and goes to the late records (default), or taken as it came. */
  readonly order?: TableOrder
  /**
   * For how long in event time a deletion is remembered, so that an older update can't bring the row back; default for
   * ever, or as long as rows live.
   */
  readonly deleteRetention?: Duration
}

export type ToTableOptions<V> = ValueSerde<V> & StepOptions & LateOptions & TableUpdates

export type VersionedOptions<V> = ValueSerde<V> & StepOptions & LateOptions & { readonly history: Duration }

export type GroupByOptions<V> = ValueSerde<V> &
  StepOptions & {
    /** Partitions of the topic; without it as many as the table has tasks. */
    readonly partitions?: number
  }

/** A fold that can take back what it added. */
export interface RetractableFold<S, V, K> extends Fold<S, V, K, null> {
  readonly subtract: Add<NoInfer<S>, V, K, null>
}

export interface RetractableReduce<V, K> {
  add(sum: V, value: V, context: HandlerContext<K>): V
  /** Null when nothing is left: the group has no row then. */
  subtract(sum: V, value: V, context: HandlerContext<K>): V | null
}

export type TopOptions<V> = ValueSerde<V> &
  StepOptions & {
    /** Below 0 where one is the better. */
    compare(one: V, other: V): number
  }

/** A place in a ranking, from 1; null when nobody has it any more. */
export interface Ranked<V> {
  readonly rank: number
  readonly value: V | null
}

export interface DedupeOptions<K, V> extends StepOptions, LateOptions {
  /** A record passes when none of its key has passed so short a time before it or after it. */
  readonly within: Duration
  /** How late a record may be and is still judged; default none: what is out of order goes to `late`. */
  readonly grace?: Duration
  /** What makes two records of a key the same; default the key alone. */
  readonly by?: (value: V, context: HandlerContext<K>) => string
}

export interface SuppressOptions {
  readonly for: Duration
  readonly maxRows?: number
  /** Default `emit`. */
  readonly whenFull?: 'emit' | 'stop'
}

export interface SuppressUntilClose {
  readonly until: 'close'
  readonly maxRows?: number
  /** Default `spill`: rows go on to the store. */
  readonly whenFull?: 'spill' | 'emit' | 'stop'
}
