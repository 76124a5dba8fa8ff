import type { Store } from '../../state/store.ts'
import type { Undoable, UndoLog } from '../../state/undo.ts'

/** How many rows a store holds, counted on: asking the store is not cheap while a transaction is open. */
export class HeldCount implements Undoable {
  private readonly store: Store
  private readonly undoLog: UndoLog
  /** Null: to be asked. */
  private count: number | null = null

  constructor(store: Store, undoLog: UndoLog) {
    this.store = store
    this.undoLog = undoLog
  }

  get value(): number {
    this.count ??= this.store.size
    return this.count
  }

  /** So many rows came or went, which the store knows by now. */
  add(rows: number): void {
    this.undoLog.note(this, this.count, null, null)
    if (this.count !== null) this.count += rows
  }

  /** Whatever has happened to the store. */
  forget(): void {
    this.count = null
  }

  undo(count: unknown): void {
    this.count = count as number | null
  }
}
