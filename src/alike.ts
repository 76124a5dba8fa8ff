/** A slip of the pen, and the name that was meant. */

/** Slips that a name may have, by its length. */
const share = 0.34
/** As long as a topic's name can be: what is longer is none. */
const longest = 249

/**
 * The name that is nearest to the one given; null where none is near.
 * @example alike('ordres', ['orders', 'payments']) // 'orders'
 */
export function alike(given: string, names: readonly string[]): string | null {
  if (given.length > longest) return null
  const near = names
    .map((name) => ({ name, slips: slipsBetween(given, name) }))
    .filter(({ name, slips }) => slips <= Math.floor(Math.max(given.length, name.length) * share))
  return near.sort((one, other) => one.slips - other.slips)[0]?.name ?? null
}

/** Letters too many, too few or wrong, and neighbours that changed places. */
function slipsBetween(one: string, other: string): number {
  let [before, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, at) => at)]
  for (let row = 1; row <= one.length; row++) {
    const next = [row]
    for (let at = 1; at <= other.length; at++) {
      const isSame = one[row - 1] === other[at - 1]
      const isSwapped = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1]
      const least = Math.min(last[at]! + 1, next[at - 1]! + 1, last[at - 1]! + (isSame ? 0 : 1))
      next.push(isSwapped ? Math.min(least, before[at - 2]! + 1) : least)
    }
    ;[before, last] = [last, next]
  }
  return last[other.length]!
}
