/** What counts as a moment in event time. */

/** The last moment that a `Date` can say; what lies behind it is no time but a wrong unit. */
const endOfTime = 8.64e15

/** What can be wrong with a timestamp by itself. */
export type TimestampFault = 'missing' | 'negative' | 'invalid'

/**
 * True for milliseconds since 1970 at which a record can have happened.
 * @example isTime(Date.UTC(2026, 0)) // true
 */
export function isTime(milliseconds: number): boolean {
  return milliseconds >= 0 && milliseconds <= endOfTime
}

/**
 * What is wrong with a timestamp, whatever it is; null for a time (`semantics.md` 2.1).
 * @example timestampFault(Number.NaN) // 'invalid'
 */
export function timestampFault(time: unknown): TimestampFault | null {
  if (time === null || time === undefined) return 'missing'
  if (typeof time !== 'number' || Number.isNaN(time)) return 'invalid'
  if (isTime(time)) return null
  return time < 0 && Number.isFinite(time) ? 'negative' : 'invalid'
}
