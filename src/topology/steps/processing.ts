/** What user code with state is told, and what it gets. */
import type { Duration } from '../../clock.ts'
import type { AsyncPolicy } from '../../policies/policy.ts'
import type { Window } from '../../record.ts'
import type { Serde } from '../../serde/serde.ts'
import type { HandlerContext, StepOptions } from '../handler.ts'

/** One value per key. */
export interface ValueState<V> {
  readonly kind: 'value'
  readonly value: Serde<V>
  /** Milliseconds. */
  readonly ttl: number | null
}

/** A small map per key. */
export interface MapState<K, V> {
  readonly kind: 'map'
  readonly key: Serde<K>
  readonly value: Serde<V>
  /** Milliseconds, per entry. */
  readonly ttl: number | null
}

// biome-ignore lint/suspicious/noExplicitAny: any state of any type; unknown would refuse serdes, which read and write
export type AnyState = ValueState<any> | MapState<any, any>

/** States by the names the author gave them. */
export type States = Readonly<Record<string, AnyState>>

/** What `get` returns is a copy: changing it changes nothing until it is set. */
export interface ValueHandle<V> {
  get(): V | undefined
  set(value: V): void
  clear(): void
}

export interface MapHandle<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): void
  /** In the order of key bytes. */
  entries(): Iterable<readonly [K, V]>
}

/** The state of the key in hand. */
export type StateHandles<S extends States> = {
  readonly [N in keyof S]: S[N] extends ValueState<infer V>
    ? ValueHandle<V>
    : S[N] extends MapState<infer K, infer V>
      ? MapHandle<K, V>
      : never
}

/** Timers of the key in hand. */
export interface Timers {
  /**
   * Calls `onTimer` once event time has come to `time`, whole milliseconds; set again it is the same timer. One that
   * lies in the past is due at once: after the handler that sets it.
   */
  set(name: string, time: number): void
  /** Without a time all timers of that name. */
  cancel(name: string, time?: number): void
}

/** What handlers of `process` get second. One object is reused: copy what you keep. */
export interface ProcessContext<K, W extends Window | null, S extends States> extends HandlerContext<K, W> {
  readonly state: StateHandles<S>
  readonly timers: Timers
  /** The operator's event time, -1 before any record. */
  now(): number
}

/** What a periodic call gets where no key is in hand; its results have none either. */
export interface PunctuatorContext extends HandlerContext<null> {
  now(): number
  /** No further calls until the worker starts again. */
  cancel(): void
}

/** What a periodic call gets for each key that has state. */
export interface KeyPunctuatorContext<K, S extends States> extends ProcessContext<K, null, S> {
  cancel(): void
}

export interface Timer {
  readonly name: string
  readonly time: number
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that yields nothing may return nothing
type Results<R> = Iterable<R> | undefined | void

/** Called once an interval: event time at the first record and then at its multiples, the wall clock after each. */
export interface EveryKey<K, S extends States, R> {
  readonly every: Duration
  /** Called for every key that has state, in the order of key bytes. */
  readonly forEachKey: true
  readonly run: (context: KeyPunctuatorContext<K, S>) => Results<R>
}

/** As `EveryKey`, but called once, without a key. */
export interface Every<R> {
  readonly every: Duration
  readonly forEachKey?: false
  readonly run: (context: PunctuatorContext) => Results<R>
}

interface Handlers<K, V, W extends Window | null, S extends States, R> extends StepOptions {
  /** Stores `<name>.<state>`, scoped to the key of the record. */
  readonly state?: S
  readonly onRecord?: (value: V, context: ProcessContext<K, W, S>) => Results<R>
  readonly onTimer?: (timer: Timer, context: ProcessContext<K, null, S>) => Results<R>
}

/** Handlers whose results all have a key. They return them or are generators. */
export interface ProcessDefinition<K, V, W extends Window | null, S extends States, R> extends Handlers<K, V, W, S, R> {
  readonly everyEventTime?: EveryKey<K, S, R>
  readonly everyWallClock?: EveryKey<K, S, R>
}

/** As `ProcessDefinition`; some results may have no key. */
export interface TickingDefinition<K, V, W extends Window | null, S extends States, R> extends Handlers<K, V, W, S, R> {
  readonly everyEventTime?: Every<R> | EveryKey<K, S, R>
  readonly everyWallClock?: Every<R> | EveryKey<K, S, R>
}

export interface AsyncContext<K, W extends Window | null> extends HandlerContext<K, W> {
  /** Aborted when the result is no longer wanted: timed out, or the task has moved. */
  readonly signal: AbortSignal
}

export interface MapAsyncOptions {
  /**
   * What to do with a record that fails here; without it the source's `onFailure` holds, and without that it is tried again
   * three times, then a dead letter. Whatever is thrown may work later, unless it says `reject`.
   */
  readonly onFailure?: readonly AsyncPolicy[]
  /** How many records of a task are under way at a time, default 16. Then the task takes no more. */
  readonly concurrency?: number
  /**
   * An answer that takes longer is a failed attempt. Default 5 seconds. Attempts that follow each other at once share that
   * time; after a longer pause each has all of it. Steps that wait one behind the other must together stay a second below
   * the transaction timeout of the run.
   */
  readonly timeout?: Duration
}
