import type { Undoable, UndoLog } from '../../state/undo.ts'

/** A place in time that an operator has come to. A record that is taken back takes it back. */
export class Reached implements Undoable {
  private at = -1
  private readonly undoLog: UndoLog

  constructor(undoLog: UndoLog) {
    this.undoLog = undoLog
  }

  /** -1 at first. */
  get value(): number {
    return this.at
  }

  /** Never back. */
  come(to: number): void {
    if (to <= this.at) return
    this.undoLog.note(this, this.at, null, null)
    this.at = to
  }

  restore(at: number): void {
    this.at = at
  }

  undo(at: unknown): void {
    this.at = at as number
  }
}
