/** How long after the end of a commit its records were seen by a reader. */
import { Histogram } from './histogram.ts'

/** Records that arrived together. */
export interface Arrival {
  /** Wall time in milliseconds. */
  readonly at: number
  readonly records: number
}

/**
 * From the end of the nearest commit to each arrival. The nearest, not the last: the answer to the end of a transaction
 * and the records it made visible race each other, and who sees the records first has waited for nothing.
 * @param commits wall times, ascending
 */
export function visibleAfter(commits: readonly number[], arrivals: readonly Arrival[]): Histogram {
  const histogram = new Histogram()
  let next = 0
  for (const { at, records } of arrivals) {
    while (next < commits.length && commits[next]! <= at) next++
    const sinceLast = next > 0 ? at - commits[next - 1]! : Number.POSITIVE_INFINITY
    const untilNext = next < commits.length ? commits[next]! - at : Number.POSITIVE_INFINITY
    if (sinceLast === untilNext) continue
    histogram.add(untilNext < sinceLast ? 0 : sinceLast, records)
  }
  return histogram
}
