/**
 * The smallest of the values that at least so large a share of them does not exceed; null where there are none.
 * @example percentile([30, 10, 20], 0.5) // 20
 */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}
