/** Binary search over what rises. */

/** Index of the first of `count` rising values that is above `limit`; `count` when none is. */
export function firstAbove(count: number, valueAt: (index: number) => number, limit: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (valueAt(middle) > limit) high = middle
    else low = middle + 1
  }
  return low
}

/** Index of the last of `count` rising values that is at most `limit`; -1 when none is. */
export function lastAtMost(count: number, valueAt: (index: number) => number, limit: number): number {
  return firstAbove(count, valueAt, limit) - 1
}
