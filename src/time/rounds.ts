/**
 * The marks of a task in a circle of sub-topologies, for what lies behind inputs that its own records come back through:
 * W, but no more than the writers of those inputs vouch for, round by round. They never go back either.
 */
export class LaterMarks {
  /** By round, beginning with the second. */
  private readonly marks: number[]
  /** The last finite ones: what is saved. */
  private readonly finite: number[]

  constructor(rounds: number) {
    this.marks = Array.from({ length: rounds - 1 }, () => -1)
    this.finite = [...this.marks]
  }

  /** -1 before anything is known. */
  of(round: number): number {
    return this.marks[round - 1]!
  }

  /**
   * @param first W, or NaN while the task has nothing to count from
   * @param termOf the smallest mark of the inputs of a round, NaN while all of their writers are idle
   */
  rise(first: number, termOf: (round: number) => number): void {
    let smallest = first
    for (let place = 0; place < this.marks.length; place++) {
      const term = termOf(place + 1)
      if (!(term >= smallest) && !Number.isNaN(term)) smallest = term
      if (!(smallest > this.marks[place]!)) continue
      this.marks[place] = smallest
      if (smallest !== Number.POSITIVE_INFINITY) this.finite[place] = smallest
    }
  }

  save(): readonly number[] {
    return [...this.finite]
  }

  /** Of a circle that was another one nothing is known any more. */
  restore(saved: readonly number[] = []): void {
    for (const place of this.marks.keys()) {
      this.marks[place] = this.finite[place] = (saved.length === this.marks.length ? saved[place] : undefined) ?? -1
    }
  }
}
