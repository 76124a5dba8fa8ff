/** Lists of the best rows, best first, as values: nothing here changes its arguments. */
import type { RankedEntry } from '../../topology/nodes/tables.ts'

export type Ranking = readonly RankedEntry[]
export type Compare = (one: unknown, other: unknown) => number

/** Which of two rows is the better: by their values, then the earlier one, then by where they lay. */
function compareEntries(compare: Compare, one: RankedEntry, other: RankedEntry): number {
  return compare(one.value, other.value) || one.time - other.time || Buffer.compare(one.place, other.place)
}

/** A ranking of at most `count` rows with one more in it; the same ranking where that has no place. */
export function withEntry(ranking: Ranking, entry: RankedEntry, count: number, compare: Compare): Ranking {
  let place = ranking.length
  while (place > 0 && compareEntries(compare, entry, ranking[place - 1]!) < 0) place--
  return place >= count ? ranking : ranking.toSpliced(place, 0, entry).slice(0, count)
}

/** A ranking without a row; the same where it isn't in it. */
export function withoutPlace(ranking: Ranking, place: Buffer): Ranking {
  const at = ranking.findIndex((entry) => entry.place.equals(place))
  return at < 0 ? ranking : ranking.toSpliced(at, 1)
}

/** The ranks, from 0, that another row has, or whose row has another value, or that nobody has any more. */
export function changedRanks(
  before: Ranking,
  after: Ranking,
  isSame: (one: RankedEntry, other: RankedEntry) => boolean,
): number[] {
  const ranks = Array.from({ length: Math.max(before.length, after.length) }, (_, rank) => rank)
  return ranks.filter((rank) => {
    const [was, is] = [before[rank], after[rank]]
    return was === undefined || is === undefined || !isSame(was, is)
  })
}
