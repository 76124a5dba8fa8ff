/** The typed face of the DSL: what can be said about a stream. `chain.ts` builds the nodes. */
import type { Window } from '../record.ts'
import type { Serde } from '../serde/serde.ts'
import type { TimeWindows } from '../time/windows.ts'
import type { BranchCases, NarrowedBy } from './branch.ts'
import type { Add, Fold, HandlerContext, StepOptions } from './handler.ts'
import type { LastOptions, ValueSerde } from './jsonable.ts'
import type { LateRecord, Node, SinkNode } from './nodes.ts'
import type { GlobalTable, WritableTopic } from './topic.ts'

/** Whether all records of a key are known to be in one task. */
export type Partitioning = 'by-key' | 'anyhow'

/** The stream that a step returns, as well partitioned as the one before it. */
export type StreamOf<P extends Partitioning, K, V, W extends Window | null> = {
  readonly 'by-key': KeyedStream<K, V, W>
  readonly anyhow: Stream<K, V, W>
}[P]

/** A stream per case of a branch; a case that is a type guard narrows its stream. */
export type Branches<P extends Partitioning, K, V, W extends Window | null, C> = {
  readonly [N in keyof C]: StreamOf<P, K, NarrowedBy<C[N], V>, W>
}

/**
 * The steps of every stream. Each call returns a new frozen value and changes nothing.
 * Handlers are synchronous and get the value first, its context second; what they throw rejects the record.
 */
export interface Steps<P extends Partitioning, K, V, W extends Window | null> {
  readonly kind: 'stream'
  readonly node: Node

  /** Another value for each record. The key stays, and so does the partitioning. */
  map<R>(handler: (value: V, context: HandlerContext<K, W>) => R, options?: StepOptions): StreamOf<P, K, R, W>

  /** Keeps the records for which the predicate holds; a type guard narrows the type. */
  filter<N extends V>(
    predicate: (value: V, context: HandlerContext<K, W>) => value is N,
    options?: StepOptions,
  ): StreamOf<P, K, N, W>
  filter(predicate: (value: V, context: HandlerContext<K, W>) => boolean, options?: StepOptions): StreamOf<P, K, V, W>

  /** Any number of values for each record, in their order. Text is not a list: return `[text]`. */
  flatMap<R>(
    handler: (value: V, context: HandlerContext<K, W>) => Iterable<R> & object,
    options?: StepOptions,
  ): StreamOf<P, K, R, W>

  /** Another key and value. What follows is not partitioned by the new key: a fold needs `keyBy`. */
  mapKeyValue<NK, NV>(
    handler: (value: V, context: HandlerContext<K, W>) => readonly [key: NK, value: NV],
    options?: StepOptions,
  ): Stream<NK, NV, W>

  /** Looks at each record and passes it on. */
  peek(handler: (value: V, context: HandlerContext<K, W>) => void, options?: StepOptions): StreamOf<P, K, V, W>

  /**
   * Several streams out of one: each record goes to the first case that takes it, or to none.
   * @example const { big, small } = orders.branch({ big: (order) => order.total > 1000, small: otherwise })
   */
  branch<C extends BranchCases<K, V, W>>(cases: C, options?: StepOptions): Branches<P, K, V, W, C>

  /**
   * The row of a global table beside each record; undefined where there is none, or the derived key is null. Null
   * values are skipped.
   * @example orders.lookup(customers, (order) => order.customerId, (order, customer) => ({ ...order, customer }))
   */
  lookup<TK, T, R>(
    table: GlobalTable<TK, T>,
    key: (value: Exclude<V, null>, context: HandlerContext<K, W>) => NoInfer<TK> | null | undefined,
    join: (value: Exclude<V, null>, row: T | undefined, context: HandlerContext<K, W>) => R,
    options?: StepOptions,
  ): StreamOf<P, K, R, W>

  /** As `lookup`, but drops records without a row; a derived key that is null rejects the record. */
  innerLookup<TK, T, R>(
    table: GlobalTable<TK, T>,
    key: (value: Exclude<V, null>, context: HandlerContext<K, W>) => NoInfer<TK>,
    join: (value: Exclude<V, null>, row: T, context: HandlerContext<K, W>) => R,
    options?: StepOptions,
  ): StreamOf<P, K, R, W>

  /**
   * Through a topic of its own, `<app>.<name>.repartition`, so that all records of a key meet in one task.
   * Text keys and JSON values need no serde, others do. A window does not travel along.
   * @example words.keyBy('word', (word) => word)
   * @throws MillraceError MR4002 when the name can't be used in Kafka
   */
  keyBy<NK extends string>(
    name: string,
    key: (value: V, context: HandlerContext<K, W>) => NK,
    ...options: LastOptions<KeyByOptions<V> & { readonly key?: Serde<NK> }, V>
  ): KeyedStream<NK, V>
  keyBy<NK extends NonNullable<unknown>>(
    name: string,
    key: (value: V, context: HandlerContext<K, W>) => NK,
    options: KeyByOptions<V> & { readonly key: Serde<NK> },
  ): KeyedStream<NK, V>

  /** The records of several streams. Nothing is known about their partitioning: a fold needs `keyBy`. */
  merge<K2, V2, W2 extends Window | null>(...others: readonly Stream<K2, V2, W2>[]): Stream<K | K2, V | V2, W | W2>

  /** Writes to a topic, which takes this key and value. Give the result to `topology`. */
  to(topic: WritableTopic<K, V>, options?: StepOptions): SinkNode
}

/** Options of `keyBy`, beside the key's serde. */
export type KeyByOptions<V> = ValueSerde<V> &
  StepOptions & {
    /** Partitions of the topic; without it as many as upstream has tasks. */
    readonly partitions?: number
  }

/** Records of which nothing is known but their type. */
export interface Stream<K, V, W extends Window | null = null> extends Steps<'anyhow', K, V, W> {}

/** Records of which all with the same key are in one task: they can be folded. */
export interface KeyedStream<K, V, W extends Window | null = null> extends Steps<'by-key', K, V, W>, Folds<K, V> {
  /**
   * Folds per key and window.
   * @example words.window(tumbling({ minutes: 1 }, { grace: { seconds: 10 } })).count('words-per-minute')
   * @throws MillraceError MR4003 when it isn't given windows
   */
  window(windows: TimeWindows): WindowedStream<K, V>
}

/** Folds without a window: one row per key, null values are skipped. Named, since each makes a store. */
export interface Folds<K, V> {
  /** How many values a key has. */
  count(name: string, options?: StepOptions): Table<K, number>
  /** As `aggregate`, but starts from the first value. */
  reduce(
    name: string,
    add: Add<Exclude<V, null>, Exclude<V, null>, K, null>,
    ...options: LastOptions<ReduceOptions<Exclude<V, null>>, Exclude<V, null>>
  ): Table<K, Exclude<V, null>>
  /**
   * A fold: `add` makes the next sum from the last one and a value. It must be pure: the same for the same input, and
   * the sum it gets is never changed in place, since it may be seen again after a record failed or a crash.
   */
  aggregate<S>(name: string, fold: Fold<S, Exclude<V, null>, K, null>, options?: StepOptions): Table<K, S>
}

/** A stream cut into windows, waiting for its fold. */
export interface WindowedStream<K, V> {
  readonly kind: 'windowed-stream'
  /** How many values a key has in a window. */
  count(name: string, options?: StepOptions): WindowResults<K, number, V>
  /** As `aggregate`, but starts from the first value of the window. */
  reduce(name: string, add: Add<V, V, K, Window>, ...options: LastOptions<ReduceOptions<V>, V>): WindowResults<K, V, V>
  /**
   * A fold: `add` makes the next sum from the last one and a value. It must be pure: the same for the same input, and
   * the sum it gets is never changed in place, since it may be seen again after a record failed or a crash.
   * @example hours.aggregate('departures', { as: json(Departures), start: none, add: addFlight })
   */
  aggregate<S>(name: string, fold: Fold<S, V, K, Window>, options?: StepOptions): WindowResults<K, S, V>
}

/** Every change of every window, and what came too late. */
export interface WindowUpdates<K, S, V> extends KeyedStream<K, S, Window> {
  /** Records that came after their window had closed, once per window that refused them. */
  readonly late: KeyedStream<K, LateRecord<K, V>>
}

/** One row per key and window, when the window closes. */
export interface WindowResults<K, S, V> extends WindowUpdates<K, S, V> {
  /** A row at every change instead. Use the late records of what this returns. */
  updates(): WindowUpdates<K, S, V>
}

export type ReduceOptions<V> = ValueSerde<V> & StepOptions

/**
 * Rows by key, changing. `Gone` is null where rows can be deleted: their deletion travels as a null value, which
 * handlers don't see.
 */
export interface Table<K, V, Gone extends null = never> {
  readonly kind: 'table'
  readonly node: Node
  /** Another value for each row; deletions pass. */
  map<R>(handler: (value: V, context: HandlerContext<K>) => R, options?: StepOptions): Table<K, R, Gone>
  /** Keeps the rows for which the predicate holds; a row that no longer does is deleted. */
  filter<N extends V>(
    predicate: (value: V, context: HandlerContext<K>) => value is N,
    options?: StepOptions,
  ): Table<K, N, null>
  filter(predicate: (value: V, context: HandlerContext<K>) => boolean, options?: StepOptions): Table<K, V, null>
  /** Every change as a record. */
  toStream(): KeyedStream<K, V | Gone>
  /** Writes every change to a topic. */
  to(topic: WritableTopic<K, V | Gone>, options?: StepOptions): SinkNode
}
