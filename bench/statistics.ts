/** The few statistics of a bench. */

/**
 * The middle value; of an even number of values the mean of the two in the middle.
 * @example median([1, 10, 2]) // 2
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >>> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * The value that a share of all values do not exceed, of sorted values; NaN without any.
 * @example quantile([1, 2, 3, 4], 0.5) // 2
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!
}

/**
 * To so many digits behind the point.
 * @example rounded(3.14159, 2) // 3.14
 */
export function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}
