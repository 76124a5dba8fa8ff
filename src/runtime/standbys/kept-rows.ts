/** Rows that are given back when their user closes them. */
import type { RowChange, Rows } from '../../state/rows.ts'
import { WrappedRows } from '../../state/wrapped-rows.ts'

export class KeptRows extends WrappedRows {
  private readonly giveBack: (isSound: boolean) => void
  private isClosed = false
  /** False once a change has failed: what they hold is no longer known, or no longer ours. */
  private isSound = true

  constructor(rows: Rows, giveBack: (isSound: boolean) => void) {
    super(rows)
    this.giveBack = giveBack
  }

  override apply(changes: Iterable<RowChange>, position: number): void {
    try {
      this.rows.apply(changes, position)
    } catch (error) {
      this.isSound = false
      throw error
    }
  }

  /** Rows that were given back are another's by now. */
  override clear(): void {
    if (this.isClosed) return
    try {
      this.rows.clear()
    } catch (error) {
      this.isSound = false
      throw error
    }
  }

  override close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.giveBack(this.isSound)
  }
}
