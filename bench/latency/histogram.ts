/** Counts of whole milliseconds: exact to one of them, and as small for a million values as for ten. */

const longest = 60_000

export class Histogram {
  /** What takes longer than the last is counted with it. */
  readonly #counts = new Uint32Array(longest + 1)
  #total = 0

  get total(): number {
    return this.#total
  }

  /** A clock that was set back between two readings must not lose the record: such a time counts as 0. */
  add(milliseconds: number, times = 1): void {
    this.#counts[Math.min(Math.max(Math.round(milliseconds), 0), longest)]! += times
    this.#total += times
  }

  /**
   * The least value that the share of all values do not exceed; NaN without values.
   * @example histogram.quantile(0.99)
   */
  quantile(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.#total * share))
    let passed = 0
    for (const [milliseconds, count] of this.#counts.entries()) {
      passed += count
      if (passed >= wanted) return milliseconds
    }
    return Number.NaN
  }
}
