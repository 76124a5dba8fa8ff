/** Who is to have what: the two assignors of the newer protocol (KIP-848), by their names. Pure. */
import { noPlaces, type Place, type Places, placeOf, topicIdOf, union } from './places.ts'

export interface Candidate {
  readonly id: string
  /** A static member keeps its place in the order when its id changes. */
  readonly instanceId: string | null
  readonly topicIds: ReadonlySet<string>
  /** What it was to have before. */
  readonly before: Places
}

/** Numbers of partitions by topic id. */
export type PartitionCounts = ReadonlyMap<string, number>
export type Assignor = (candidates: readonly Candidate[], counts: PartitionCounts) => ReadonlyMap<string, Places>

export const defaultAssignor = 'uniform'

/** @example assignors.get('range') */
export const assignors: ReadonlyMap<string, Assignor> = new Map([
  ['uniform', uniform],
  ['range', range],
])

/** Equal numbers, and each keeps as much as it can of what it had. */
function uniform(candidates: readonly Candidate[], counts: PartitionCounts): ReadonlyMap<string, Places> {
  const shares = new Map(candidates.map(({ id, topicIds, before }) => [id, new Set(still(before, topicIds, counts))]))
  const taken = new Set([...shares.values()].flatMap((share) => [...share]))
  for (const place of placesIn(counts)) {
    if (taken.has(place)) continue
    const takers = candidates.filter(({ topicIds }) => topicIds.has(topicIdOf(place)))
    const smallest = takers.reduce<Candidate | null>((best, each) => (isLess(each, best, shares) ? each : best), null)
    if (smallest !== null) shares.get(smallest.id)!.add(place)
  }
  while (moveOne(candidates, shares)) {
    // Each move makes two shares more equal, so there is a last one.
  }
  return shares
}

function* placesIn(counts: PartitionCounts): Generator<Place> {
  for (const [topicId, count] of counts) {
    for (let partition = 0; partition < count; partition++) yield placeOf(topicId, partition)
  }
}

/** What of it there is still, and is still asked for. */
function still(before: Places, topicIds: ReadonlySet<string>, counts: PartitionCounts): Place[] {
  return [...before].filter((place) => {
    const topicId = topicIdOf(place)
    return topicIds.has(topicId) && Number(place.slice(topicId.length + 1)) < (counts.get(topicId) ?? 0)
  })
}

type Shares = ReadonlyMap<string, Set<Place>>

function isLess(each: Candidate, best: Candidate | null, shares: Shares): boolean {
  return best === null || shares.get(each.id)!.size < shares.get(best.id)!.size
}

/** Moves one partition to a member that has at least two fewer. False when there is none to move. */
function moveOne(candidates: readonly Candidate[], shares: Shares): boolean {
  const bySize = candidates.toSorted((one, other) => shares.get(one.id)!.size - shares.get(other.id)!.size)
  for (const rich of bySize.toReversed()) {
    const places = [...shares.get(rich.id)!].toReversed()
    for (const poor of bySize) {
      if (places.length - shares.get(poor.id)!.size < 2) break
      const place = places.find((each) => poor.topicIds.has(topicIdOf(each)))
      if (place === undefined) continue
      shares.get(rich.id)!.delete(place)
      shares.get(poor.id)!.add(place)
      return true
    }
  }
  return false
}

/** Topic by topic in ranges, so that equal numbers of different topics meet at one member. */
function range(candidates: readonly Candidate[], counts: PartitionCounts): ReadonlyMap<string, Places> {
  const shares = new Map<string, Places>(candidates.map(({ id }) => [id, noPlaces]))
  const inOrder = candidates.toSorted((one, other) => compare(one.instanceId ?? one.id, other.instanceId ?? other.id))
  for (const [topicId, count] of counts) {
    const takers = inOrder.filter(({ topicIds }) => topicIds.has(topicId))
    let begin = 0
    for (const [index, { id }] of takers.entries()) {
      const end = begin + Math.floor(count / takers.length) + (index < count % takers.length ? 1 : 0)
      const own = Array.from({ length: end - begin }, (_, step) => placeOf(topicId, begin + step))
      shares.set(id, union(shares.get(id)!, new Set(own)))
      begin = end
    }
  }
  return shares
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
