/** Takes back what a record did before it failed, so that a rejected record leaves nothing but its dead letter. */

/** Something that can restore what it overwrote. The three values mean what the target gave them. */
export interface Undoable {
  undo(first: unknown, second: unknown, third: unknown): void
}

/**
 * Writes since the start of the record in hand, newest last. Parallel arrays, reused for every record: noting a write
 * allocates nothing.
 */
export class UndoLog {
  private readonly targets: Undoable[] = []
  private readonly values: unknown[] = []
  private length = 0

  /** The place to go back to with `undoTo`. */
  get position(): number {
    return this.length
  }

  note(target: Undoable, first: unknown, second: unknown, third: unknown): void {
    const at = this.length++
    this.targets[at] = target
    this.values[3 * at] = first
    this.values[3 * at + 1] = second
    this.values[3 * at + 2] = third
  }

  undoTo(position: number): void {
    while (this.length > position) {
      const at = --this.length
      this.targets[at]!.undo(this.values[3 * at], this.values[3 * at + 1], this.values[3 * at + 2])
    }
  }

  /** What was noted is final: the record succeeded. */
  forget(): void {
    this.length = 0
  }
}
