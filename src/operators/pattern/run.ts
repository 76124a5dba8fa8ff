/** Matches under way, as plain data that a serde can write. */

/** Time and number of a record: records of one key and time are numbered in the order they came. */
export type RecordId = readonly [time: number, sequence: number]

/** A record in a match, and the step that took it. */
export type Taken = readonly [step: number, ...record: RecordId]

export interface Run {
  /** What it holds, oldest first; never empty. */
  readonly taken: readonly Taken[]
  /** How many of them its last step took. */
  readonly count: number
  /** Targets of the edges that are still open. */
  readonly open: readonly number[]
  /** No record has come since the last one taken. */
  readonly fresh: boolean
}

/** A whole match. */
export type Match = readonly Taken[]

/** What a record, or time, makes of the runs of a key. */
export interface Progress {
  readonly runs: readonly Run[]
  /** In the order in which they come out. */
  readonly matches: readonly Match[]
}

export function idOf([, time, sequence]: Taken): RecordId {
  return [time, sequence]
}

export function startOf(taken: readonly Taken[]): RecordId {
  return idOf(taken[0]!)
}

export function lastOf(taken: readonly Taken[]): RecordId {
  return idOf(taken.at(-1)!)
}

/** Negative when the first came before the second. */
export function compareIds(one: RecordId, other: RecordId): number {
  return one[0] - other[0] || one[1] - other[1]
}

/** What starts earlier is told earlier; of one start the longest first. */
export function compareMatches(one: Match, other: Match): number {
  return compareIds(startOf(one), startOf(other)) || other.length - one.length
}
