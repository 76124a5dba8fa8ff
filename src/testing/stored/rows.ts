/** What stores hold, as tests see it: committed rows, decoded. */
import type { Window } from '../../record.ts'

export interface StoredRow<K, V> {
  readonly key: K
  readonly value: V
  /** Event time of its last change, milliseconds since 1970. */
  readonly time: number
}

/** The row of a key in one window. */
export interface StoredWindow<K, S> extends StoredRow<K, S> {
  readonly window: Window
}

/** A version of a row and how long it holds, milliseconds since 1970; null: it is the latest. */
export interface StoredVersion<K, V> extends StoredRow<K, V> {
  readonly valid: { readonly from: number; readonly to: number | null }
}

/** Where windows and versions begin, milliseconds since 1970: [from, to). */
export interface StoredBounds {
  readonly from?: number
  readonly to?: number
}

/** A table: one row per key. */
export interface StoredTable<K, V> {
  get(key: K): StoredRow<K, V> | undefined
  /** All rows, in the order of key bytes within each partition. */
  rows(): StoredRow<K, V>[]
}

/** The windows that a fold still has open. */
export interface StoredWindows<K, S> {
  /** Those of a key, by where they begin. */
  fetch(key: K, bounds?: StoredBounds): StoredWindow<K, S>[]
  rows(): StoredWindow<K, S>[]
}

/** A versioned table. A version whose value is null says that there was no row from then on. */
export interface StoredVersions<K, V> {
  /** The version that holds at `at`, else the latest. */
  get(key: K, at?: number): StoredVersion<K, V> | undefined
  /** Those of a key, by where they begin. */
  versions(key: K, bounds?: StoredBounds): StoredVersion<K, V | null>[]
  rows(): StoredVersion<K, V | null>[]
}

/** A row of a store that is asked for by name. */
export interface AnyStoredRow extends StoredRow<unknown, unknown> {
  /** Of windows, else null. */
  readonly window: Window | null
}

/** A store by its name: also those that only their operator understands, whose keys are bytes. */
export interface AnyStored {
  get(key: unknown): AnyStoredRow | undefined
  fetch(key: unknown, bounds?: StoredBounds): AnyStoredRow[]
  rows(): AnyStoredRow[]
}
