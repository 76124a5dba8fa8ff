/** Restored rows on their way into the committed ones: as many at a time as these take best. */
import { PackedRows } from './packed-rows.ts'
import { RowScratch } from './row-format.ts'
import type { RowChange, Rows } from './rows.ts'

/** Changes of an index can't be packed. */
const maxChanges = 32_768

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export class RestoreBatch {
  private readonly rows: Rows
  private readonly scratch = new RowScratch()
  private readonly packed: PackedRows
  private changes: RowChange[] = []
  /** The one change at a time that rows in memory take: nothing is made for it. */
  private readonly single: Mutable<RowChange> = { key: Buffer.alloc(0), bytes: null, index: null, unindex: null }
  private readonly singles: readonly RowChange[] = [this.single]
  /** The last change of each key, where the store must know what it restored before. */
  private readonly latest: Map<string, RowChange> | null

  constructor(rows: Rows, { remembers = false }: { readonly remembers?: boolean } = {}) {
    this.rows = rows
    this.packed = new PackedRows(rows.batchRows)
    this.latest = remembers ? new Map() : null
  }

  /** The row of a key as it will be; only where the batch remembers. */
  get(key: Buffer): Buffer | undefined {
    const found = this.latest!.get(key.toString('latin1'))
    return found === undefined ? this.rows.get(key) : (found.bytes ?? undefined)
  }

  /** A row without an index entry; its bytes may be views of a network buffer. */
  row(key: Buffer, value: Buffer | null, time: number, version: number): void {
    const row = value === null ? null : this.scratch.row(value, time, version)
    if (this.rows.batchRows === 1) {
      this.single.key = key
      this.single.bytes = row
      this.rows.apply(this.singles, this.rows.position)
      return
    }
    this.packed.add(key, row)
    if (this.packed.isFull) this.flush()
  }

  /** The change's bytes are kept: they must not be views of a network buffer. */
  add(change: RowChange): void {
    this.changes.push(change)
    this.latest?.set(change.key.toString('latin1'), change)
    if (this.changes.length >= Math.min(maxChanges, this.rows.batchRows)) this.flush()
  }

  /** Everything is there, up to this position. */
  apply(position: number): void {
    this.flush()
    // Also where the position is the same: the rows were found to be there.
    this.rows.apply([], position)
    this.packed.close()
  }

  /** Forgets what was not applied, and gives its room back. */
  close(): void {
    this.drop()
    this.packed.close()
  }

  drop(): void {
    this.packed.drop()
    if (this.changes.length > 0) this.changes = []
    this.latest?.clear()
  }

  /** The position stays: what is applied already is applied again after a crash, with the same result. */
  private flush(): void {
    if (this.packed.count > 0) this.rows.apply(this.packed.changes(), this.rows.position)
    if (this.changes.length > 0) this.rows.apply(this.changes, this.rows.position)
    this.drop()
  }
}
