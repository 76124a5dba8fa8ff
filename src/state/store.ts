/**
 * State of a task. A store knows no Kafka: it is handed a `write` for its changelog rows.
 *
 * Committed rows (`rows.ts`) and the writes of the open transaction are kept apart: reads see the writes first; `commit`
 * folds them in after Kafka's commit is known; `abort` drops them. So local state never runs ahead of the log.
 */
import type { RecordHeader } from '../record.ts'
import type { Serde } from '../serde/serde.ts'
import type { RowOrder } from './rows.ts'
import type { Undoable } from './undo.ts'

/** Bytes, or text to be written as UTF-8. */
export type Encoded = Uint8Array | string

/** Receives one changelog row; a null value is a tombstone. The bytes hold until it returns. */
export type ChangelogWrite = (
  key: Uint8Array,
  value: Encoded | null,
  time: number,
  headers?: readonly RecordHeader[],
) => void

/** What a store is made of. */
export interface StoreSpec {
  /** `window` rows lie under a number and a key; the keys of `ordered` rows are bytes that the operator makes. */
  readonly kind: 'key-value' | 'window' | 'ordered'
  /** Not used by `ordered`. */
  readonly key: Serde<unknown>
  readonly value: Serde<unknown>
  /** A deleted key-value row is remembered with its time: nothing older may bring it back, also not in a restore. */
  readonly keepsDeleted: boolean
  /** Milliseconds: deletions so much older than the newest time of the store are forgotten. */
  readonly deleteRetention: number
  /** An `ordered` store is also sorted by the last so many bytes of its keys, followed by the others; 0: it is not. */
  readonly indexTail: number
}

export interface Store extends Undoable {
  readonly name: string
  /**
   * Encoding waits for the flush, where no record can be blamed any more. Set this after a flush that failed and was
   * taken back: until the next commit `put` refuses what can't be encoded.
   */
  encodesEagerly: boolean
  /** Bytes of a changelog record: what is larger `put` refuses then, too. */
  maxRowBytes: number
  /**
   * Rows changed since the last flush or abort, each once, as the changelog needs them. What is written from here on
   * belongs to the next transaction: it is seen over what was flushed, and may be undone, before that is committed.
   * Not to be called again before `commit` or `abort`.
   */
  flush(write: ChangelogWrite): void
  /**
   * What was flushed, no more and no less, is committed in Kafka; what was written since stays open.
   * @param position of the changelog behind it; left out, the rows keep the position they had
   */
  commit(position?: number): void
  /** What was flushed and not committed, and what was written since, never happened. */
  abort(): void
  /**
   * Takes one committed changelog row; only before processing starts. It is seen after `restored`.
   * @throws NotReady for a row whose schema is not here yet: reading the store never has to wait
   */
  restore(key: Buffer, value: Buffer | null, time: number, headers?: readonly RecordHeader[]): void
  /**
   * What must run before rows that were here already are read: each throws NotReady while its row's schema is not here.
   * Empty where no schema is ever waited for.
   */
  warmings(): Iterable<() => void>
  /** Ends a stretch of restored rows: they hold everything up to this position of the changelog. */
  restored(position: number): void
  /** Offset in the changelog up to which the committed rows hold everything; -1 for a new store. */
  readonly position: number
  /** Forgets all rows, to be restored from the changelog's start. */
  clear(): void
  close(): void
  /** Rows that a read can see, for metrics and tests. */
  readonly size: number
}

/** A row: the live value and the event time of its last change. */
export interface Row {
  readonly key: unknown
  readonly value: unknown
  readonly time: number
}

export interface KeyValueStore extends Store {
  readonly kind: 'key-value'
  get(key: unknown): Row | undefined
  /** Event time of the last change of a key, remembered deletions included; -1 for a key never seen. */
  timeOf(key: unknown): number
  put(key: unknown, value: unknown, time: number): void
  /** The same for who keeps no row of this key that was got before: that row may change with it. */
  update(key: unknown, value: unknown, time: number): void
  delete(key: unknown, time: number): void
  /** Every row, in the order of key bytes. */
  rows(): Iterable<Row>
  /** Rows of [from, to), in the order of key bytes; null and undefined are open. */
  range(from?: unknown, to?: unknown): Iterable<Row>
}

export interface WindowStore extends Store {
  readonly kind: 'window'
  get(start: number, key: unknown): Row | undefined
  put(start: number, key: unknown, value: unknown, time: number): void
  /** The same for who keeps no row of this start and key that was got before: that row may change with it. */
  update(start: number, key: unknown, value: unknown, time: number): void
  delete(start: number, key: unknown): void
  /** The smallest start of any row, +Infinity when there is none. Cheap: asked for every record. */
  readonly firstStart: number
  /** Every start that has rows, ascending. */
  starts(): Iterable<number>
  /** All rows of one start, in the order of key bytes; deleting the row in hand is allowed. */
  rows(start: number): Row[]
  /** The same one by one, which takes no room for all of them. Nothing may be put under this start meanwhile. */
  walk(start: number): Iterable<Row>
  /** The rows of one key with a start in [from, to), ascending. */
  fetch(key: unknown, fromStart: number, toStart: number): Iterable<{ readonly start: number; readonly row: Row }>
}

/** Rows under keys that the operator makes (`row-key.ts`); others are views over it. */
export interface OrderedStore extends Store {
  readonly kind: 'ordered'
  get(key: Buffer): OrderedRow | undefined
  put(key: Buffer, value: unknown, time: number): void
  delete(key: Buffer): void
  /**
   * Rows of [from, to). Sees the open transaction. Any row may be written or deleted meanwhile: a row that was not
   * touched comes exactly once.
   */
  scan(from: Buffer | null, to: Buffer | null, order?: RowOrder): Iterable<OrderedRow>
  /** Where the spec has an index: rows in the order of index keys, [from, to) of those. */
  scanIndex(from: Buffer | null, to: Buffer | null, order?: RowOrder): Iterable<OrderedRow>
  /** The smallest index key of any row. Cheap: asked for every record. */
  readonly firstIndex: Buffer | null
}

export interface OrderedRow {
  readonly key: Buffer
  readonly value: unknown
  readonly time: number
}
