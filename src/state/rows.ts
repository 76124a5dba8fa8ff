/** The port below every store: committed rows as bytes in the order of their keys. Two rooms implement it. */

export interface RowBytes {
  readonly key: Buffer
  /** As `row-format.ts` makes them. */
  readonly bytes: Buffer
}

/** One change of a row, and what it changes in the rows' index. */
export interface RowChange {
  readonly key: Buffer
  /** Null deletes. */
  readonly bytes: Buffer | null
  /** To be listed in the index, where there is one. */
  readonly index: Buffer | null
  /** To be taken from the index. */
  readonly unindex: Buffer | null
}

export type RowOrder = 'ascending' | 'descending'

/**
 * Committed rows of one store, ordered by key bytes (unsigned). Knows neither keys' nor values' meaning. Bytes it gives
 * away may not be changed, and hold until the next `apply`, `clear` or `close`.
 * @example rows.apply([{ key, bytes, index: null, unindex: null }], position)
 */
export interface Rows {
  get(key: Buffer): Buffer | undefined
  /** Rows of [from, to); null is open. */
  scan(from: Buffer | null, to: Buffer | null, order?: RowOrder): Iterable<RowBytes>
  /** Keys of rows in the order of their index keys, [from, to) of those. */
  scanIndex(from: Buffer | null, to: Buffer | null, order?: RowOrder): Iterable<IndexEntry>
  /** The distinct first `length` bytes of keys, ascending, from `from` on (also `length` bytes). */
  prefixes(length: number, from: Buffer | null): Iterable<Buffer>
  /** How many changes at a time `apply` takes best. */
  readonly batchRows: number
  /**
   * All changes and the position, in one local transaction. What is kept of them is copied.
   * @throws MillraceError fenced when another owner has written meanwhile; then nothing is applied
   */
  apply(changes: Iterable<RowChange>, position: number): void
  /** Offset in the changelog up to which these rows hold everything (exclusive); -1 for new rows. */
  readonly position: number
  readonly size: number
  readonly indexSize: number
  /** Forgets everything: to be built anew from position -1. */
  clear(): void
  close(): void
}

export interface IndexEntry {
  readonly index: Buffer
  readonly key: Buffer
}

/** A hint how rows are mostly reached: by whole key, by a time in front, in order. Results never depend on it. */
export type RowLayout = 'points' | 'by-time' | 'ordered'

export interface RowsPlace {
  readonly app: string
  readonly task: string
  readonly store: string
  readonly layout: RowLayout
  /** Which log their position is one of; absent where that is not known. Rows of another are void. */
  readonly log?: string | undefined
}

/** Where the rows of tasks live. */
export interface StateBackend {
  readonly name: string
  /** True where all threads of a process see the same rows. One at a time may use those of a task. */
  readonly isShared?: boolean
  open(place: RowsPlace): Rows
}
