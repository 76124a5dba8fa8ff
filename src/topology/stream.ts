/** The typed face of the DSL: what can be said about a stream. `chain.ts` builds the nodes. */
import type { Window } from '../record.ts'
import type { Serde } from '../serde/serde.ts'
import type { Trigger } from '../time/triggers.ts'
import type {
  CountWindows,
  CumulateWindows,
  GlobalWindows,
  SessionWindows,
  SlidingWindows,
  TimeWindows,
} from '../time/windows.ts'
import type { BranchCases, NarrowedBy } from './branch.ts'
import type { Add, Fold, HandlerContext, MergingFold, StepOptions } from './handler.ts'
import type { LastOptions, ValueSerde } from './jsonable.ts'
import type { LateOptions } from './late.ts'
import type { LateRecord, Node, Pane, SinkNode } from './nodes.ts'
import type { AsOfOptions, LastForeignKeyOptions, StreamJoinOptions } from './steps/joins.ts'
import type { Matches, PatternOptions, Sequence } from './steps/pattern.ts'
import type { AsyncContext, MapAsyncOptions, ProcessDefinition, States, TickingDefinition } from './steps/processing.ts'
import type * as tables from './steps/tables.ts'
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

  /**
   * Another value for each record, awaited: many at a time, results in the order of the records of a key, exactly once.
   * @example orders.mapAsync('risk', async (order, { signal }) => ({ ...order, risk: await score(order, signal) }))
   */
  mapAsync<R>(
    name: string,
    handler: (value: V, context: AsyncContext<K, W>) => Promise<R>,
    options?: MapAsyncOptions,
  ): StreamOf<P, K, R, W>

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

/** Records of which all with the same key are in one task: they can be folded and joined. */
export interface KeyedStream<K, V, W extends Window | null = null>
  extends Steps<'by-key', K, V, W>,
    Folds<K, V>,
    StreamJoins<K, V, W> {
  /**
   * Folds per key and window.
   * @example words.window(tumbling({ minutes: 1 }, { grace: { seconds: 10 } })).count('words-per-minute')
   * @throws MillraceError MR4003 when it isn't given windows
   */
  window(windows: TimeWindows | CumulateWindows | SlidingWindows): WindowedStream<K, V>
  window(windows: SessionWindows): SessionWindowedStream<K, V>
  window(windows: CountWindows): CountWindowedStream<K, V>
  window(windows: GlobalWindows): GlobalWindowedStream<K, V>

  /** Each record is an update of its key's row, null deletes it. Of two updates the later in event time counts. */
  toTable(name: string, ...options: LastOptions<tables.ToTableOptions<V>, V>): SourceTable<K, Exclude<V, null>>
  /** A table that remembers what each row was, for joins as of a record's time. */
  toVersionedTable(name: string, options: tables.VersionedOptions<V>): VersionedTable<K, Exclude<V, null>>

  /**
   * The first record of a key within a span of event time passes, those that follow in it don't.
   * @example payments.dedupe('payments-once', { within: { hours: 1 }, by: (payment) => payment.id })
   */
  dedupe(name: string, options: tables.DedupeOptions<K, V>): KeyedStream<K, V, W> & WithLate<K, V, null>
  /** The best `count` records of each key: every rank that changes comes out. Null values are skipped. */
  top(
    name: string,
    count: number,
    options: tables.TopOptions<Exclude<V, null>>,
  ): KeyedStream<K, tables.Ranked<Exclude<V, null>>>

  /**
   * User code with state per key and timers; results are what it returns or yields, under the key in hand.
   * @example
   * visits.process('first-visits', {
   *   state: { seen: valueState(number, { ttl: { days: 1 } }) },
   *   onRecord(visit, { state, time }) {
   *     if (state.seen.get() !== undefined) return
   *     state.seen.set(time)
   *     return [visit]
   *   },
   * })
   */
  process<R, S extends States = Record<never, never>>(
    name: string,
    definition: ProcessDefinition<K, V, W, S, R>,
  ): KeyedStream<K, R>
  /** Periodic calls that are not `forEachKey` have no key, nor have their results. */
  process<R, S extends States = Record<never, never>>(
    name: string,
    definition: TickingDefinition<K, V, W, S, R>,
  ): KeyedStream<K | null, R>

  /**
   * Finds sequences of records of a key, in event-time order.
   * @example logins.pattern('break-in', begin('failed', isFailure).times(3).next('passed', isSuccess), { within, select })
   */
  pattern<M extends Matches, R>(
    name: string,
    sequence: Sequence<V, M>,
    options: PatternOptions<K, V, M, R>,
  ): KeyedStream<K, R> & WithLate<K, V, null>
}

/** What an operator refused for coming too late, beside its results. */
export interface WithLate<K, V, W extends Window | null = Window> {
  readonly late: KeyedStream<K, LateRecord<K, V, W>>
}

/** Joins with another stream, or with a table, of the same key. Both must have equally many partitions. */
export interface StreamJoins<K, V, W extends Window | null> {
  /**
   * The row of a table beside each record that has one; of a versioned table the row valid at the record's time.
   * @example flights.join(planes, (flight, plane) => ({ ...flight, seats: plane.seats }))
   */
  join<T, R>(
    table: Table<K, T, null> | Table<K, NoInfer<T>>,
    joiner: (value: Exclude<V, null>, row: T, context: HandlerContext<K, W>) => R,
    options?: StepOptions,
  ): KeyedStream<K, R, W>
  join<T, R>(
    table: VersionedTable<K, T>,
    joiner: (value: Exclude<V, null>, row: T, context: HandlerContext<K, W>) => R,
    options: AsOfOptions<V>,
  ): KeyedStream<K, R, W>
  /**
   * Pairs of records of two streams that are not too far apart.
   * @example orders.join('paid', payments, (order, payment) => ({ ...order, payment }), { within: { minutes: 10 } })
   * @throws MillraceError MR4003 when it isn't told how far apart, MR4004 when a stream has no key
   */
  join<V2, R>(
    name: string,
    other: KeyedStream<K, V2>,
    joiner: (left: Exclude<V, null>, right: Exclude<V2, null>, context: HandlerContext<K>) => R,
    options: StreamJoinOptions<V, V2>,
  ): JoinPairs<K, R, V | V2>

  /** As `join`, but a record without a row comes out with undefined. */
  leftJoin<T, R>(
    table: Table<K, T, null> | Table<K, NoInfer<T>>,
    joiner: (value: Exclude<V, null>, row: T | undefined, context: HandlerContext<K, W>) => R,
    options?: StepOptions,
  ): KeyedStream<K, R, W>
  leftJoin<T, R>(
    table: VersionedTable<K, T>,
    joiner: (value: Exclude<V, null>, row: T | undefined, context: HandlerContext<K, W>) => R,
    options: AsOfOptions<V>,
  ): KeyedStream<K, R, W>
  /** As `join`, and each left record that found none, once, when none can come any more. */
  leftJoin<V2, R>(
    name: string,
    other: KeyedStream<K, V2>,
    joiner: (left: Exclude<V, null>, right: Exclude<V2, null> | undefined, context: HandlerContext<K>) => R,
    options: StreamJoinOptions<V, V2>,
  ): JoinResults<K, R, V | V2>
  rightJoin<V2, R>(
    name: string,
    other: KeyedStream<K, V2>,
    joiner: (left: Exclude<V, null> | undefined, right: Exclude<V2, null>, context: HandlerContext<K>) => R,
    options: StreamJoinOptions<V, V2>,
  ): JoinResults<K, R, V | V2>
  outerJoin<V2, R>(
    name: string,
    other: KeyedStream<K, V2>,
    joiner: (left: Exclude<V, null> | undefined, right: Exclude<V2, null> | undefined, context: HandlerContext<K>) => R,
    options: StreamJoinOptions<V, V2>,
  ): JoinResults<K, R, V | V2>
}

/** Pairs, and the records that came too late to make any. */
export interface JoinPairs<K, R, V> extends KeyedStream<K, R>, WithLate<K, V, null> {}

export interface JoinResults<K, R, V> extends JoinPairs<K, R, V> {
  /** Unmatched rows as soon as Kafka Streams would show them; a true pair may still follow. */
  updates(): JoinPairs<K, R, V>
}

/** Folds without a window: one row per key, null values are skipped. Named, since each makes a store. */
export interface Folds<K, V> {
  /** How many values a key has. */
  count(name: string, options?: StepOptions & tables.RowLife): Table<K, number>
  /** As `aggregate`, but starts from the first value. */
  reduce(
    name: string,
    add: Add<Exclude<V, null>, Exclude<V, null>, K, null>,
    ...options: LastOptions<ReduceOptions<Exclude<V, null>> & tables.RowLife, Exclude<V, null>>
  ): Table<K, Exclude<V, null>>
  /**
   * A fold: `add` makes the next sum from the last one and a value. It must be pure: the same for the same input, and
   * the sum it gets is never changed in place, since it may be seen again after a record failed or a crash.
   */
  aggregate<S>(
    name: string,
    fold: Fold<S, Exclude<V, null>, K, null>,
    options?: StepOptions & tables.RowLife,
  ): Table<K, S>
}

/** A stream cut into windows, waiting for its fold. */
export interface WindowedStream<K, V> {
  readonly kind: 'windowed-stream'
  /** How many values a key has in a window. */
  count(name: string, options?: StepOptions & LateOptions): WindowResults<K, number, V>
  /** As `aggregate`, but starts from the first value of the window. */
  reduce(
    name: string,
    add: Add<V, V, K, Window>,
    ...options: LastOptions<ReduceOptions<V> & LateOptions, V>
  ): WindowResults<K, V, V>
  /**
   * A fold: `add` makes the next sum from the last one and a value. It must be pure: the same for the same input, and
   * the sum it gets is never changed in place, since it may be seen again after a record failed or a crash.
   * @example hours.aggregate('departures', { as: json(Departures), start: none, add: addFlight })
   */
  aggregate<S>(name: string, fold: Fold<S, V, K, Window>, options?: StepOptions & LateOptions): WindowResults<K, S, V>
  /** The best `count` values of a window, best first, when it closes. */
  top(name: string, count: number, options: tables.TopOptions<V> & LateOptions): WindowResults<K, V[], V>
}

/** Sessions grow together, so their sums must be merged too. */
export interface SessionWindowedStream<K, V> {
  readonly kind: 'windowed-stream'
  count(name: string, options?: StepOptions & LateOptions): SessionResults<K, number, V>
  /** `add` also merges two sessions. */
  reduce(
    name: string,
    add: Add<V, V, K, Window>,
    ...options: LastOptions<ReduceOptions<V> & LateOptions, V>
  ): SessionResults<K, V, V>
  aggregate<S>(
    name: string,
    fold: MergingFold<S, V, K, Window>,
    options?: StepOptions & LateOptions,
  ): SessionResults<K, S, V>
}

/** Windows of so many records: nothing can be late for them. The window runs from its first record to its last. */
export interface CountWindowedStream<K, V> {
  readonly kind: 'windowed-stream'
  count(name: string, options?: StepOptions): KeyedStream<K, number, Window>
  reduce(
    name: string,
    add: Add<V, V, K, Window>,
    ...options: LastOptions<ReduceOptions<V>, V>
  ): KeyedStream<K, V, Window>
  aggregate<S>(name: string, fold: Fold<S, V, K, Window>, options?: StepOptions): KeyedStream<K, S, Window>
}

/** One window per key that never closes: say when it speaks. */
export interface GlobalWindowedStream<K, V> {
  readonly kind: 'windowed-stream'
  count(name: string, options?: StepOptions): GlobalResults<K, number>
  reduce(name: string, add: Add<V, V, K, Window>, ...options: LastOptions<ReduceOptions<V>, V>): GlobalResults<K, V>
  aggregate<S>(name: string, fold: Fold<S, V, K, Window>, options?: StepOptions): GlobalResults<K, S>
}

export interface GlobalResults<K, S> {
  updates(): KeyedStream<K, S, Window>
  early(trigger: Trigger): KeyedStream<K, Pane<S>, Window>
}

/** Every change of every window, and what came too late. */
export interface WindowUpdates<K, S, V> extends KeyedStream<K, S, Window>, WithLate<K, V> {
  /** One row per window after all: what `updates` says is held back until the window closes. */
  suppress(name: string, options: tables.SuppressUntilClose & ValueSerde<S>): KeyedStream<K, Exclude<S, null>, Window>
}

/** One row per key and window, when the window closes. */
export interface WindowResults<K, S, V> extends KeyedStream<K, S, Window>, WithLate<K, V> {
  /** A row at every change instead. Use the late records of what this returns. */
  updates(): WindowUpdates<K, S, V>
  /** Provisional rows when the trigger says so, then the final one. */
  early(trigger: Trigger): KeyedStream<K, Pane<S>, Window> & WithLate<K, V>
  /** A row when time has passed the end, one per late record after it, the last of them marked `final`. */
  onTime(): KeyedStream<K, Pane<S>, Window> & WithLate<K, V>
}

/** As `WindowResults`; among the updates null says that a session was merged into another. */
export interface SessionResults<K, S, V> extends KeyedStream<K, S, Window>, WithLate<K, V> {
  updates(): WindowUpdates<K, S | null, V>
  early(trigger: Trigger): KeyedStream<K, Pane<S>, Window> & WithLate<K, V>
  onTime(): KeyedStream<K, Pane<S>, Window> & WithLate<K, V>
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

  /**
   * A row per key that both tables have.
   * @example customers.join(balances, (customer, balance) => ({ ...customer, balance }))
   */
  join<V2, R, G2 extends null>(
    other: Table<K, V2, G2>,
    joiner: TableJoiner<K, V, V2, R>,
    options?: StepOptions,
  ): Table<K, R, null>
  leftJoin<V2, R, G2 extends null>(
    other: Table<K, V2, G2>,
    joiner: TableJoiner<K, V, V2 | undefined, R>,
    options?: StepOptions,
  ): Table<K, R, null>
  rightJoin<V2, R, G2 extends null>(
    other: Table<K, V2, G2>,
    joiner: TableJoiner<K, V | undefined, V2, R>,
    options?: StepOptions,
  ): Table<K, R, null>
  outerJoin<V2, R, G2 extends null>(
    other: Table<K, V2, G2>,
    joiner: TableJoiner<K, V | undefined, V2 | undefined, R>,
    options?: StepOptions,
  ): Table<K, R, null>

  /**
   * Each row names the key of the row it belongs to.
   * @example orders.foreignKeyJoin('order-customer', customers, (order) => order.customerId, (order, customer) => …)
   */
  foreignKeyJoin<FK extends NonNullable<unknown>, V2, R, G2 extends null>(
    name: string,
    other: Table<FK, V2, G2>,
    foreignKey: (value: V, context: HandlerContext<K>) => NoInfer<FK> | null,
    joiner: TableJoiner<K, V, V2, R>,
    ...options: LastForeignKeyOptions<FK, V2, R>
  ): Table<K, R, null>
  leftForeignKeyJoin<FK extends NonNullable<unknown>, V2, R, G2 extends null>(
    name: string,
    other: Table<FK, V2, G2>,
    foreignKey: (value: V, context: HandlerContext<K>) => NoInfer<FK> | null,
    joiner: TableJoiner<K, V, V2 | undefined, R>,
    ...options: LastForeignKeyOptions<FK, V2, R>
  ): Table<K, R, null>

  /** The rows by another key, through a topic of their own, to be folded: what a row gave before is taken back. */
  groupBy<NK extends string>(
    name: string,
    key: (value: V, context: HandlerContext<K>) => NK,
    ...options: LastOptions<tables.GroupByOptions<V> & { readonly key?: Serde<NK> }, V>
  ): GroupedTable<NK, V>
  groupBy<NK extends NonNullable<unknown>>(
    name: string,
    key: (value: V, context: HandlerContext<K>) => NK,
    options: tables.GroupByOptions<V> & { readonly key: Serde<NK> },
  ): GroupedTable<NK, V>

  /** Holds back updates of a row for a time; the latest one comes out. */
  suppress(name: string, options: tables.SuppressOptions & ValueSerde<V>): Table<K, V, Gone>
  /** At most one update per row and commit, the latest. */
  coalesce(): Table<K, V, Gone>

  /** Every change as a record. */
  toStream(): KeyedStream<K, V | Gone>
  /** Writes every change to a topic. */
  to(topic: WritableTopic<K, V | Gone>, options?: StepOptions): SinkNode
}

type TableJoiner<K, L, R, Out> = (left: L, right: R, context: HandlerContext<K>) => Out

/** A table made of updates, and the updates that came too late for their rows. */
export interface SourceTable<K, V> extends Table<K, V, null>, WithLate<K, V | null, null> {}

/** A table that remembers what each row was. */
export interface VersionedTable<K, V> extends SourceTable<K, V> {
  readonly versioned: true
}

/** Rows of a table under another key, waiting for their fold. */
export interface GroupedTable<K, V> {
  readonly kind: 'grouped-table'
  count(name: string, options?: StepOptions): Table<K, number>
  reduce(
    name: string,
    fold: tables.RetractableReduce<V, K>,
    ...options: LastOptions<ReduceOptions<V>, V>
  ): Table<K, V, null>
  aggregate<S>(name: string, fold: tables.RetractableFold<S, V, K>, options?: StepOptions): Table<K, S>
  /** The best `count` rows of each group: every rank that changes comes out. */
  top(name: string, count: number, options: tables.TopOptions<V>): KeyedStream<K, tables.Ranked<V>>
}
