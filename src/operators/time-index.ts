/** Rows that are listed by a time. */
import { readTime, timeKey } from '../state/row-key.ts'

/** Where a scan by time begins that wants what lies behind `time`; null: at the start. */
export function behind(time: number): Buffer | null {
  return time < 0 ? null : timeKey(Math.floor(time) + 1)
}

/** The time that an index key begins with; +Infinity when there is none. */
export function timeOfIndex(index: Buffer | null): number {
  return index === null ? Number.POSITIVE_INFINITY : readTime(index, 0)
}
