/** Rows around others: passes everything on. Who wraps rows says only what it does otherwise. */
import type { IndexEntry, RowBytes, RowChange, RowOrder, Rows } from './rows.ts'

export abstract class WrappedRows implements Rows {
  protected readonly rows: Rows

  constructor(rows: Rows) {
    this.rows = rows
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
    this.rows.apply(changes, position)
  }

  clear(): void {
    this.rows.clear()
  }

  close(): void {
    this.rows.close()
  }
}
