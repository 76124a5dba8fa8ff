/** Sets of partitions as groups of the newer protocol keep them: by topic id, one text for each partition. */

/** `topicId partition`. */
export type Place = string
export type Places = ReadonlySet<Place>

export interface TopicShare {
  readonly topicId: string
  readonly partitions: readonly number[]
}

export const noPlaces: Places = new Set()

export function placeOf(topicId: string, partition: number): Place {
  return `${topicId} ${partition}`
}

export function topicIdOf(place: Place): string {
  return place.slice(0, place.indexOf(' '))
}

/** @example placesOf([{ topicId: 'abc', partitions: [0, 1] }]) // the set of 'abc 0' and 'abc 1' */
export function placesOf(shares: readonly TopicShare[]): Places {
  return new Set(shares.flatMap(({ topicId, partitions }) => partitions.map((each) => placeOf(topicId, each))))
}

export function sharesOf(places: Places): TopicShare[] {
  const byTopic = Map.groupBy([...places], topicIdOf)
  return [...byTopic].map(([topicId, those]) => ({
    topicId,
    partitions: those.map((place) => Number(place.slice(topicId.length + 1))).sort((one, other) => one - other),
  }))
}

export function union(one: Places, other: Places): Places {
  return new Set([...one, ...other])
}

export function intersection(one: Places, other: Places): Places {
  return new Set([...one].filter((place) => other.has(place)))
}

export function difference(one: Places, other: Places): Places {
  return new Set([...one].filter((place) => !other.has(place)))
}

export function isWithin(one: Places, other: Places): boolean {
  return [...one].every((place) => other.has(place))
}

export function isSame(one: Places, other: Places): boolean {
  return one.size === other.size && isWithin(one, other)
}
