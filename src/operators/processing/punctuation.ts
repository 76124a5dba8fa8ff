/** When periodic calls are due (`semantics.md` 2.14). Pure. */

/** Never again: fits where infinity would not survive JSON. */
export const never: number = Number.MAX_SAFE_INTEGER

/**
 * The event time at which a call is due. At the first record, then at multiples of the interval; missed ones are one.
 * @param fired event time at the last call; -1 before any
 * @example nextEventTime(10, 142) // 150
 */
export function nextEventTime(every: number, fired: number): number {
  return fired < 0 ? 0 : multipleAbove(every, fired)
}

/**
 * The wall time at which the next call is due after one that was due at `due` is made at `now`.
 * @example nextWallClock(10, 20, 45) // 50
 */
export function nextWallClock(every: number, due: number, now: number): number {
  return due + multipleAbove(every, now - due)
}

function multipleAbove(every: number, time: number): number {
  return (Math.floor(time / every) + 1) * every
}
