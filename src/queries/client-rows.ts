/** What the typed client gives. */
import type { Window } from '../record.ts'
import type { Origin } from './entry.ts'

/** The row of a key in a table. */
export interface TableRow<K, V> {
  readonly key: K
  readonly value: V
  /** Event time of its last change. */
  readonly time: Date
  readonly origin: Origin
}

/** The row of a key in one window, as it is so far. */
export interface WindowRow<K, S> extends TableRow<K, S> {
  readonly window: Window
}

/** A version of a row, and how long it holds. A scan and a subscription don't say when it ends. */
export interface VersionRow<K, V> extends TableRow<K, V> {
  readonly valid: { readonly from: Date; readonly to: Date | null }
}

/**
 * What happens in a subscription: `row` for each row there is, then `present`; from then on `put` and `delete`. After
 * `lost` everything is told anew, since the task moved or the connection broke: forget what you gathered.
 */
export type LiveEvent<Row extends TableRow<unknown, unknown>> =
  | { readonly type: 'row' | 'put'; readonly row: Row }
  | { readonly type: 'delete'; readonly gone: Pick<Row, 'key'> & { readonly window: Window | null } }
  | { readonly type: 'present'; readonly origin: Origin }
  | { readonly type: 'lost'; readonly why: string }

export interface Following {
  /** Ends the subscription. */
  readonly signal?: AbortSignal
}

export interface KeyBounds<K> {
  /** The first key, in the order of key bytes. */
  readonly from?: K
  /** The first key beyond. */
  readonly to?: K
}

/** Bounds of where windows begin: [from, to). */
export interface TimeBounds {
  readonly from?: Date
  readonly to?: Date
}

/** A table, read only. */
export interface TableQueries<K, V> {
  /** Its committed row; undefined where there is none. */
  get(key: K): Promise<TableRow<K, V> | undefined>
  /** Rows in the order of their keys within each partition, partition after partition. */
  range(bounds?: KeyBounds<K>): AsyncIterable<TableRow<K, V>>
  /** The row of a key, or all rows, now and as they change. */
  live(options?: Following & { readonly key?: K }): AsyncIterable<LiveEvent<TableRow<K, V>>>
}

/** The open windows of a fold, read only. */
export interface WindowQueries<K, S> {
  /** The windows of a key that begin within the bounds. */
  fetch(key: K, bounds?: TimeBounds): AsyncIterable<WindowRow<K, S>>
  rows(bounds?: TimeBounds): AsyncIterable<WindowRow<K, S>>
  live(options?: Following & { readonly key?: K }): AsyncIterable<LiveEvent<WindowRow<K, S>>>
}

/** A versioned table, read only. */
export interface VersionQueries<K, V> {
  /** The version that holds at `at`, else the latest. */
  get(key: K, options?: { readonly at?: Date }): Promise<VersionRow<K, V> | undefined>
  /** Versions of a key that began within the bounds. A value is null where there was no row from then on. */
  versions(key: K, bounds?: TimeBounds): AsyncIterable<VersionRow<K, V | null>>
  live(options?: Following & { readonly key?: K }): AsyncIterable<LiveEvent<VersionRow<K, V | null>>>
}
