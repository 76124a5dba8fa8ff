/** Numbers as a line of small bars. */

const bars = '▁▂▃▄▅▆▇█'

/**
 * The highest is a full bar; nothing is a dot, so that little is not taken for nothing.
 * @example sparkline([0, 1, 8]) // '·▁█'
 */
export function sparkline(counts: readonly number[]): string {
  const most = Math.max(1, ...counts)
  return counts.map((count) => (count === 0 ? '·' : bars[Math.ceil((count / most) * bars.length) - 1]!)).join('')
}
