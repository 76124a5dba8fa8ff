/** What counts as a moment in event time. */

/** The last moment that a `Date` can say; what lies behind it is no time but a wrong unit. */
const endOfTime = 8.64e15

/**
 * True for milliseconds since 1970 at which a record can have happened.
 * @example isTime(Date.UTC(2026, 0)) // true
 */
export function isTime(milliseconds: number): boolean {
  return milliseconds >= 0 && milliseconds <= endOfTime
}
