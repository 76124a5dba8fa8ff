/** Counts over time when nobody knows beforehand how long that is: buckets get wider as the span grows. */

const mostBuckets = 32
const firstWidth = 1_000

/** Counts of one thing, by bucket. */
export type TimeCounts = Map<number, number>

/** One axis for many things. Bucket n holds the times in [n, n + 1) widths. */
export class TimeAxis {
  readonly #all: TimeCounts[] = []
  #width = firstWidth
  #earliest = Number.POSITIVE_INFINITY
  #latest = Number.NEGATIVE_INFINITY

  /** Milliseconds. */
  get width(): number {
    return this.#width
  }

  /** Where the first bucket begins, milliseconds since 1970. */
  get start(): number {
    return this.#latest < this.#earliest ? 0 : Math.floor(this.#earliest / this.#width) * this.#width
  }

  /** Counts of something new. */
  counts(): TimeCounts {
    const counts: TimeCounts = new Map()
    this.#all.push(counts)
    return counts
  }

  add(counts: TimeCounts, time: number): void {
    if (time < this.#earliest) this.#earliest = time
    if (time > this.#latest) this.#latest = time
    while (this.#length > mostBuckets) this.#widen()
    const bucket = Math.floor(time / this.#width)
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
  }

  /** From the first bucket of the axis to its last; all rows of one axis are equally long. */
  row(counts: TimeCounts): number[] {
    const first = this.start / this.#width
    return Array.from({ length: Math.max(0, this.#length) }, (_, at) => counts.get(first + at) ?? 0)
  }

  get #length(): number {
    if (this.#latest < this.#earliest) return 0
    return Math.floor(this.#latest / this.#width) - Math.floor(this.#earliest / this.#width) + 1
  }

  #widen(): void {
    this.#width *= 2
    for (const counts of this.#all) {
      const narrow = [...counts]
      counts.clear()
      for (const [bucket, count] of narrow) {
        const wide = Math.floor(bucket / 2)
        counts.set(wide, (counts.get(wide) ?? 0) + count)
      }
    }
  }
}
