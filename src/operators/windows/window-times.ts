/** When a window is over, closed and forgotten, by its kind (`semantics.md` 3.2 to 3.4, 5). */
import type { Windows } from '../../time/windows.ts'

/** Milliseconds. With `end` the end of a window, T the operator's time. */
export interface WindowTimes {
  /** It is over when T ≥ end + over: the row of `onTime` comes out. */
  readonly over: number
  /** It takes nothing more when T ≥ end + closed: the final row comes out. */
  readonly closed: number
  /** Its row leaves the store when T ≥ end + dropped. */
  readonly dropped: number
  /** How far results may lie behind T. */
  readonly hold: number
}

/**
 * The times of windows.
 * @param merging true where sessions merge with those that are closed: such results may change, nothing is final
 * @example timesOf(tumbling({ minutes: 1 }), false).closed // 0
 */
export function timesOf(windows: Windows, merging: boolean): WindowTimes {
  switch (windows.kind) {
    case 'tumbling':
    case 'hopping':
    case 'cumulate': {
      const { size, grace } = windows
      return { over: 0, closed: grace, dropped: grace, hold: size + grace }
    }
    case 'sliding': {
      const { length, grace } = windows
      // A new window is made of its neighbours: of one that ended `length` before, and one more millisecond of the window
      // that begins right behind a record.
      return { over: 1, closed: grace + 1, dropped: length + grace + 2, hold: length + grace }
    }
    case 'session': {
      const { gap, grace } = windows
      const closed = gap + grace + 1
      // Any record that is in time by itself still finds the sessions that it touches.
      const kept = merging ? gap : 0
      return { over: gap + 1, closed, dropped: closed + kept, hold: gap + grace + kept }
    }
    case 'count':
      return { over: 0, closed: 0, dropped: 0, hold: windows.timeout ?? 0 }
    case 'global':
      return { over: 0, closed: 0, dropped: 0, hold: 0 }
  }
}
