/** Rows that are given back when their user closes them. */
import type { IndexEntry, RowBytes, RowChange, RowOrder, Rows } from '../state/rows.ts'

export class KeptRows implements Rows {
  readonly batchRows: number
  private readonly rows: Rows
  private readonly giveBack: (isSound: boolean) => void
  private isClosed = false
  /** False once a change has failed: what they hold is no longer known, or no longer ours. */
  private isSound = true

  constructor(rows: Rows, giveBack: (isSound: boolean) => void) {
    this.rows = rows
    this.batchRows = rows.batchRows
    this.giveBack = giveBack
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

  apply(changes: Iterable<RowChange>, position: number): void {
    try {
      this.rows.apply(changes, position)
    } catch (error) {
      this.isSound = false
      throw error
    }
  }

  /** Rows that were given back are another's by now. */
  clear(): void {
    if (this.isClosed) return
    try {
      this.rows.clear()
    } catch (error) {
      this.isSound = false
      throw error
    }
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.giveBack(this.isSound)
  }
}
