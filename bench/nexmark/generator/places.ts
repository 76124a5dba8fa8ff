/** Where an event stands among all: ids and times follow from its number alone. */

/** Of every 50 events 1 is a new person, 3 are new auctions, 46 are bids. */
export const perRound = { persons: 1, auctions: 3, bids: 46, events: 50 } as const
export const firstId = 1_000
export const auctionsInFlight = 100
export const activePeople = 1_000
/** So many ids that nobody has yet are drawn as well: an event may come before what it speaks of. */
export const idLead = 10
/** The hot one is the first, or for bidders the second, of so many. */
export const hotStep = 100
/** All but one of so many draws are hot. */
export const hotRatio = { auctions: 2, sellers: 4, bidders: 4, channels: 2 } as const

/** Counted from 0: the newest person when event `number` happens. */
export function lastPerson(number: number): number {
  return Math.floor(number / perRound.events)
}

/** Counted from 0: the newest auction when event `number` happens, that event included. -1 before the first. */
export function lastAuction(number: number): number {
  const round = Math.floor(number / perRound.events)
  const place = number % perRound.events
  if (place < perRound.persons) return round * perRound.auctions - 1
  return round * perRound.auctions + Math.min(place - perRound.persons, perRound.auctions - 1)
}

/** The newest id at the beginning of its run of `hotStep`. */
export function hotOf(last: number): number {
  return Math.floor(last / hotStep) * hotStep
}
