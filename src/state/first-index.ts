/** The first index key of a store: it is asked for with every record, to know whether something is due. */
import { OrderedMap } from './ordered-map.ts'
import type { Rows } from './rows.ts'

export class FirstIndex {
  /** Index keys of rows that the open transaction has put. */
  readonly written: OrderedMap<true> = new OrderedMap<true>()
  private readonly rows: Rows
  private readonly isWritten: (rowKey: Buffer) => boolean
  /** The first of the committed rows that the open transaction left alone; undefined = to be looked for. */
  private committed: string | null | undefined = undefined
  /** All committed rows below were written by the open transaction; null = from the start. */
  private floor: string | null = null
  private given: Buffer | null = null
  private givenToken: string | null = null

  constructor(rows: Rows, isWritten: (rowKey: Buffer) => boolean) {
    this.rows = rows
    this.isWritten = isWritten
  }

  get value(): Buffer | null {
    const written = this.written.first
    if (this.committed === undefined) this.committed = this.look()
    const { committed } = this
    const first = written === undefined || (committed !== null && committed < written) ? committed : written
    if (first === this.givenToken) return this.given
    this.givenToken = first
    this.given = first === null ? null : Buffer.from(first, 'latin1')
    return this.given
  }

  put(index: string): void {
    this.written.set(index, true)
    if (index === this.committed) this.committed = undefined
  }

  deleted(index: string): void {
    this.written.delete(index)
    if (index === this.committed) this.committed = undefined
  }

  /** The open transaction left a row alone after all. */
  uncovered(index: string): void {
    this.committed = undefined
    if (this.floor !== null && index < this.floor) this.floor = index
  }

  /** The committed rows are others. */
  reset(): void {
    this.committed = undefined
    this.floor = null
  }

  private look(): string | null {
    for (const { index, key } of this.rows.scanIndex(
      this.floor === null ? null : Buffer.from(this.floor, 'latin1'),
      null,
    )) {
      this.floor = index.toString('latin1')
      if (!this.isWritten(key)) return this.floor
    }
    return null
  }
}
