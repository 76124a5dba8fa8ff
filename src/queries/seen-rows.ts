/** Committed rows of which each commit is noticed. */
import { isDeletedRow } from '../state/row-format.ts'
import type { RowChange, Rows } from '../state/rows.ts'
import { WrappedRows } from '../state/wrapped-rows.ts'

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
export class SeenRows extends WrappedRows {
  private readonly isReady: () => boolean
  private readonly given: () => void
  private readonly listeners = new Set<RowsListener>()

  constructor(rows: Rows, isReady: () => boolean, given: () => void) {
    super(rows)
    this.isReady = isReady
    this.given = given
  }

  /** Returns how to stop. */
  listen(listener: RowsListener): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  override apply(changes: Iterable<RowChange>, position: number): void {
    if (this.listeners.size === 0 || !this.isReady()) {
      this.rows.apply(changes, position)
      return
    }
    const all = [...changes]
    const seen = all.flatMap((change) => this.seen(change))
    this.rows.apply(all, position)
    if (seen.length > 0) for (const listener of [...this.listeners]) listener.committed(seen)
  }

  override close(): void {
    this.given()
    for (const listener of [...this.listeners]) listener.closed()
    this.listeners.clear()
    super.close()
  }

  /** What a reader sees of a change: to forget a deletion is none. */
  private seen({ key, bytes }: RowChange): CommittedChange[] {
    const row = bytes === null || isDeletedRow(bytes) ? null : bytes
    if (row !== null) return [{ key, bytes: row }]
    const before = this.rows.get(key)
    return before === undefined || isDeletedRow(before) ? [] : [{ key, bytes: null }]
  }
}
