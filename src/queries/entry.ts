/** A stored row as its readers see it, and where an answer comes from. */

/** A span of event time in milliseconds; null is open. */
export interface Span {
  readonly start: number | null
  readonly end: number | null
}

/** What a row says, decoded. */
export interface Entry {
  readonly key: unknown
  readonly value: unknown
  /** Event time of its last change. */
  readonly time: number
  /** The window, or the time for which a version holds. */
  readonly span: Span | null
}

/** The committed rows that an answer comes from. */
export interface Origin {
  readonly task: string
  readonly partition: number
  /** Offset in the changelog up to which the rows hold everything, -1 before the first row. */
  readonly position: number
  /** Changelog records that are committed and not in these rows. */
  readonly lag: number
  readonly role: 'active' | 'standby'
}
