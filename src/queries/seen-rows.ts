/** Committed rows of which each commit is noticed. */
import { isDeletedRow } from '../state/row-format.ts'
import type { IndexEntry, RowBytes, RowChange, RowOrder, Rows } from '../state/rows.ts'

/** A row that a commit wrote; null took it away. */
export interface CommittedChange {
  readonly key: Buffer
  readonly bytes: Buffer | null
}

export interface RowsListener {
  /** In the order of commits. The bytes hold until it returns. */
  committed(changes: readonly CommittedChange[]): void
  /** The rows are given up: another worker goes on with the task, or the worker ends. */
  closed(): void
}

/** Passes everything on. Restored rows are no news: listeners are told only while the task is running. */
export class SeenRows implements Rows {
  private readonly rows: Rows
  private readonly isReady: () => boolean
  private readonly given: () => void
  private readonly listeners = new Set<RowsListener>()

  constructor(rows: Rows, isReady: () => boolean, given: () => void) {
    this.rows = rows
    this.isReady = isReady
    this.given = given
  }

  /** Returns how to stop. */
  listen(listener: RowsListener): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  apply(changes: Iterable<RowChange>, position: number): void {
    if (this.listeners.size === 0 || !this.isReady()) {
      this.rows.apply(changes, position)
      return
    }
    const all = [...changes]
    const seen = all.flatMap((change) => this.seen(change))
    this.rows.apply(all, position)
    if (seen.length > 0) for (const listener of [...this.listeners]) listener.committed(seen)
  }

  get(key: Buffer): Buffer | undefined {
    return this.rows.get(key)
  }

  scan(from: Buffer | null, to: Buffer | null, order?: RowOrder): Iterable<RowBytes> {
    return this.rows.scan(from, to, order)
  }

  scanIndex(from: Buffer | null, to: Buffer | null, order?: RowOrder): Iterable<IndexEntry> {
    return this.rows.scanIndex(from, to, order)
  }

  prefixes(length: number, from: Buffer | null): Iterable<Buffer> {
    return this.rows.prefixes(length, from)
  }

  get batchRows(): number {
    return this.rows.batchRows
  }

  get position(): number {
    return this.rows.position
  }

  get size(): number {
    return this.rows.size
  }

  get indexSize(): number {
    return this.rows.indexSize
  }

  clear(): void {
    this.rows.clear()
  }

  close(): void {
    this.given()
    for (const listener of [...this.listeners]) listener.closed()
    this.listeners.clear()
    this.rows.close()
  }

  /** What a reader sees of a change: to forget a deletion is none. */
  private seen({ key, bytes }: RowChange): CommittedChange[] {
    const row = bytes === null || isDeletedRow(bytes) ? null : bytes
    if (row !== null) return [{ key, bytes: row }]
    const before = this.rows.get(key)
    return before === undefined || isDeletedRow(before) ? [] : [{ key, bytes: null }]
  }
}
