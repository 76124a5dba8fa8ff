/**
 * State of a task. A store knows no Kafka: it is handed a `write` for its changelog rows.
 *
 * Committed rows and the writes of the open transaction are kept apart: reads see the writes first; `commit` folds them
 * in after Kafka's commit is known; `abort` drops them. So local state never runs ahead of the log.
 */
import type { Undoable } from './undo.ts'

/** Bytes, or text to be written as UTF-8. */
export type Encoded = Uint8Array | string

/** Receives one changelog row; a null value is a tombstone. */
export type ChangelogWrite = (key: Uint8Array, value: Encoded | null, time: number) => void

export interface Store extends Undoable {
  readonly name: string
  /**
   * Encoding waits for the flush, where no record can be blamed any more. Set this after a flush that failed and was
   * taken back: until the next commit `put` refuses what can't be encoded.
   */
  encodesEagerly: boolean
  /** Rows changed since the last flush or abort, each once, as the changelog needs them. */
  flush(write: ChangelogWrite): void
  /** What was flushed is committed in Kafka. */
  commit(): void
  /** What was written since the last commit never happened. */
  abort(): void
  /** Applies one committed changelog row; only before processing starts. */
  restore(key: Buffer, value: Buffer | null, time: number): void
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
  /** Event time of the last change of a key, deletions included; -1 for a key never seen. */
  timeOf(key: unknown): number
  put(key: unknown, value: unknown, time: number): void
  delete(key: unknown, time: number): void
  /** Every row, in the order of key bytes. */
  rows(): Iterable<Row>
}

export interface WindowStore extends Store {
  readonly kind: 'window'
  get(start: number, key: unknown): Row | undefined
  put(start: number, key: unknown, value: unknown, time: number): void
  delete(start: number, key: unknown): void
  /** The smallest start of any row, +Infinity when there is none. Cheap: asked for every record. */
  readonly firstStart: number
  /** All rows of one start, in the order of key bytes; deleting the row in hand is allowed. */
  rows(start: number): Row[]
}
