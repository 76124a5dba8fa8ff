import { type Clock, systemClock } from '../../scripts/tools/world.ts'

/** About what sixteen records take: the worker looks at its clock that often. */
const millisecondsPerLook = 0.03

/**
 * Time that goes on when somebody looks at it: the same work has the same slices and commits on every machine. Timers are
 * real, for whoever waits for something that is still to come.
 */
export function countingClock(): Clock {
  let looks = 0
  const start = systemClock.now()
  const monotonic = (): number => ++looks * millisecondsPerLook
  return {
    now: () => start + Math.floor(looks * millisecondsPerLook),
    monotonic,
    after: (milliseconds, callback) => systemClock.after(milliseconds, callback),
    soon: (callback) => systemClock.soon(callback),
  }
}
