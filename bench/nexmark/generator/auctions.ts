/** New auctions. */
import type { Random } from '../../../scripts/tools/world.ts'
import type { Auction } from '../model.ts'
import { below, drawExtra, drawPrice, drawText, isHot } from './draws.ts'
import { drawActivePerson } from './persons.ts'
import { auctionsInFlight, firstId, hotOf, hotRatio, idLead, lastAuction, lastPerson, perRound } from './places.ts'

const categories = { first: 10, count: 5 } as const
const meanSize = 500
const numbersSize = 6 * 8
/** Events until as many auctions have come as are in flight. */
const horizon = Math.floor((auctionsInFlight * perRound.events) / perRound.auctions)

/** @param timeOf when event n happens: auctions last until about so many others have come */
export function drawAuction(
  random: Random,
  padding: string,
  number: number,
  timeOf: (number: number) => number,
): Auction {
  const dateTime = timeOf(number)
  const hot = isHot(random, hotRatio.sellers)
  const seller = firstId + (hot ? hotOf(lastPerson(number)) : drawActivePerson(random, number))
  const category = categories.first + below(random, categories.count)
  const initialBid = drawPrice(random)
  const expires = dateTime + 1 + below(random, Math.max(2 * (timeOf(number + horizon) - dateTime), 1))
  const itemName = drawText(random, 20)
  const description = drawText(random, 100)
  const reserve = initialBid + drawPrice(random)
  const extra = drawExtra(random, padding, numbersSize + itemName.length + description.length, meanSize)
  const id = firstId + lastAuction(number)
  return { id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra }
}

/** Counted from 0: one of the auctions in flight, or one of those that come next. */
export function drawAuctionInFlight(random: Random, number: number): number {
  const last = lastAuction(number)
  const oldest = Math.max(0, last - auctionsInFlight)
  return oldest + below(random, last - oldest + 1 + idLead)
}
