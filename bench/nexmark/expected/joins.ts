/** Expected rows of the queries that bring events of several kinds together. */
import type { Auction, Bid } from '../model.ts'
import { type Expectation, grouped, type House, type ResultRow } from './rows.ts'

interface Win {
  readonly auction: Auction
  readonly bid: Bid
}

/** The winning bid of each auction that has one. */
function wins({ auctions, bids }: House): Win[] {
  const groups = grouped(bids, (bid) => bid.auction)
  return auctions.flatMap((auction) => {
    const inTime = (groups.get(auction.id) ?? []).filter(({ dateTime }) => {
      return dateTime >= auction.dateTime && dateTime <= auction.expires
    })
    const [bid] = inTime.toSorted((one, other) => other.price - one.price || one.dateTime - other.dateTime)
    return bid === undefined ? [] : [{ auction, bid }]
  })
}

const sellers: Expectation = ({ persons, auctions }) => {
  const people = new Map(persons.map((person) => [person.id, person]))
  const rows: ResultRow[] = []
  for (const auction of auctions) {
    const person = people.get(auction.seller)
    if (person === undefined || auction.category !== 10 || !['OR', 'ID', 'CA'].includes(person.state)) continue
    rows.push({ name: person.name, city: person.city, state: person.state, id: auction.id })
  }
  return rows
}

const averages: Expectation = (house) => {
  return [...grouped(wins(house), ({ auction }) => auction.category)].map(([id, won]) => {
    return { id, final: Math.trunc(won.reduce((sum, { bid }) => sum + bid.price, 0) / won.length) }
  })
}

const winners: Expectation = (house) =>
  wins(house).map(({ auction, bid }) => ({
    ...auction,
    ...{ auction: bid.auction, bidder: bid.bidder, price: bid.price },
    ...{ bid_dateTime: bid.dateTime, bid_extra: bid.extra },
  }))

const expanded: Expectation = ({ auctions, bids }) => {
  const wanted = new Map(auctions.filter(({ category }) => category === 10).map((auction) => [auction.id, auction]))
  return bids.flatMap((bid) => {
    const auction = wanted.get(bid.auction)
    if (auction === undefined) return []
    const { itemName, description, initialBid, reserve, expires, seller, category } = auction
    const { bidder, price, channel, url } = bid
    return [
      {
        ...{ auction: auction.id, bidder, price, channel, url, bid_dateTime: bid.dateTime, bid_extra: bid.extra },
        ...{ itemName, description, initialBid, reserve, auction_dateTime: auction.dateTime, expires },
        ...{ seller, category, auction_extra: auction.extra },
      },
    ]
  })
}

const own: Expectation = ({ persons, auctions, bids }) => {
  const offers = grouped(auctions, (auction) => auction.seller)
  const people = new Map(persons.map((person) => [person.id, person]))
  const rows: ResultRow[] = []
  for (const { bidder, price, channel, url, extra: bid_extra } of bids) {
    const person = people.get(bidder)
    if (person === undefined) continue
    const { id: person_id, dateTime: _, extra: person_extra, ...about } = person
    for (const { id: _id, dateTime, extra, ...offer } of offers.get(bidder) ?? []) {
      const auction = { ...offer, auction_dateTime: dateTime, auction_extra: extra }
      rows.push({ bidder, price, channel, url, bid_extra, person_id, person_extra, ...about, ...auction })
    }
  }
  return rows
}

export const joins: Readonly<Record<'q3' | 'q4' | 'q9' | 'q20' | 'q23', Expectation>> = {
  q3: sellers,
  q4: averages,
  q9: winners,
  q20: expanded,
  q23: own,
}
