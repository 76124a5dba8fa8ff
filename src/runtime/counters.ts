/** Counts of one thread: plain numbers, read when somebody asks. */

/** Records that were refused before a step saw them, by what was wrong with them (`semantics.md` 2.1, 3.8). */
export interface Rejections {
  undecodable: number
  /** Also where a later step needs a key. */
  nullKeys: number
  nullValues: number
  missingTimestamps: number
  negativeTimestamps: number
  /** No number, infinite, or beyond what a date can say. */
  invalidTimestamps: number
  /** Too far ahead of the wall clock: the time of the record, or what it says of time. */
  futureTimestamps: number
  /** `timestamp` or `watermark` of the source threw. */
  unreadableTimestamps: number
  /** What the `watermark` of the source gave is no time. */
  invalidWatermarks: number
}

/** What records came to. Taken back with the transaction in which they were counted. */
export interface WorkCounts extends Rejections {
  recordsIn: number
  out: number
  filtered: number
  late: number
  skipped: number
  deadLetters: number
  /** Records that went to a retry topic. */
  retried: number
  /** Records that came again from a retry or redrive topic: not among `recordsIn`. */
  reentered: number
  /** Written to the queue of a `park` policy: what failed, what waits behind it, and what came back and failed again. */
  parked: number
  /** How often a task went on without an input that it had waited for, or that Kafka had more of. */
  enforced: number
}

/** What is taken back with a record: of the rows that it made come out, too. */
export type RecordCounts = Pick<WorkCounts, 'out' | 'filtered' | 'late' | 'skipped' | 'deadLetters'>

export interface ThreadCounters extends WorkCounts {
  commits: number
  aborts: number
  restoredRows: number
}

export function newCounters(): ThreadCounters {
  return { ...newWork(), commits: 0, aborts: 0, restoredRows: 0 }
}

const noWork: Readonly<WorkCounts> = {
  recordsIn: 0,
  out: 0,
  filtered: 0,
  late: 0,
  skipped: 0,
  deadLetters: 0,
  retried: 0,
  reentered: 0,
  parked: 0,
  enforced: 0,
  undecodable: 0,
  nullKeys: 0,
  nullValues: 0,
  missingTimestamps: 0,
  negativeTimestamps: 0,
  invalidTimestamps: 0,
  futureTimestamps: 0,
  unreadableTimestamps: 0,
  invalidWatermarks: 0,
}

export function newWork(): WorkCounts {
  return { ...noWork }
}

/** A copy to go back to. */
export function workOf(counters: WorkCounts): WorkCounts {
  const names = Object.keys(noWork) as (keyof WorkCounts)[]
  return Object.fromEntries(names.map((name) => [name, counters[name]])) as unknown as WorkCounts
}
