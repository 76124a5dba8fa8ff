/** Counts of one thread: plain numbers, read when somebody asks. */

/** What records came to. Taken back with the transaction in which they were counted. */
export interface WorkCounts {
  recordsIn: number
  out: number
  filtered: number
  late: number
  skipped: number
  deadLetters: number
}

export interface ThreadCounters extends WorkCounts {
  commits: number
  aborts: number
  restoredRows: number
}

export function newCounters(): ThreadCounters {
  return { ...newWork(), commits: 0, aborts: 0, restoredRows: 0 }
}

export function newWork(): WorkCounts {
  return { recordsIn: 0, out: 0, filtered: 0, late: 0, skipped: 0, deadLetters: 0 }
}

/** A copy to go back to. */
export function workOf({ recordsIn, out, filtered, late, skipped, deadLetters }: WorkCounts): WorkCounts {
  return { recordsIn, out, filtered, late, skipped, deadLetters }
}
