/** Expected rows of the queries that count, rank or keep the last. */
import type { Bid } from '../model.ts'
import { type Expectation, grouped, type ResultRow, utcDay, utcMinute } from './rows.ts'

const inRank: readonly ((bid: Bid) => boolean)[] = [
  () => true,
  ({ price }) => price < 10_000,
  ({ price }) => price >= 10_000 && price < 1_000_000,
  ({ price }) => price >= 1_000_000,
]
const names = ['total', 'rank1', 'rank2', 'rank3'] as const

function counted(bids: readonly Bid[], what: string, count: (some: readonly Bid[]) => number): ResultRow {
  return Object.fromEntries(names.map((name, rank) => [`${name}_${what}`, count(bids.filter(inRank[rank]!))]))
}

function reported(bids: readonly Bid[]): ResultRow {
  return {
    ...counted(bids, 'bids', (some) => some.length),
    ...counted(bids, 'bidders', (some) => new Set(some.map((bid) => bid.bidder)).size),
    ...counted(bids, 'auctions', (some) => new Set(some.map((bid) => bid.auction)).size),
  }
}

const byDay: Expectation = ({ bids }) => {
  return [...grouped(bids, (bid) => utcDay(bid.dateTime))].map(([day, some]) => ({ day, ...reported(some) }))
}

const byChannel: Expectation = ({ bids }) => {
  const groups = grouped(bids, ({ channel, dateTime }) => `${channel}|${utcDay(dateTime)}`)
  return [...groups.values()].map((some) => {
    const [first] = some as [Bid, ...Bid[]]
    const minute = some
      .map((bid) => utcMinute(bid.dateTime))
      .sort()
      .at(-1)!
    return { channel: first.channel, day: utcDay(first.dateTime), minute, ...reported(some) }
  })
}

const byAuction: Expectation = ({ bids }) => {
  const groups = grouped(bids, ({ auction, dateTime }) => `${auction}|${utcDay(dateTime)}`)
  return [...groups.values()].map((some) => {
    const prices = some.map((bid) => bid.price)
    const sum_price = prices.reduce((sum, price) => sum + price, 0)
    return {
      auction: some[0]!.auction,
      day: utcDay(some[0]!.dateTime),
      ...counted(some, 'bids', ({ length }) => length),
      min_price: Math.min(...prices),
      max_price: Math.max(...prices),
      avg_price: Math.trunc(sum_price / prices.length),
      sum_price,
    }
  })
}

const last: Expectation = ({ bids }) => {
  return [...grouped(bids, ({ auction, bidder }) => `${auction} ${bidder}`).values()].map((some) => some.at(-1)!)
}

const best: Expectation = ({ bids }) => {
  return [...grouped(bids, (bid) => bid.auction).values()].flatMap((some) => {
    // Sorting keeps the order of what costs the same.
    const ranked = some.toSorted((one, other) => other.price - one.price).slice(0, 10)
    return ranked.map((bid, index) => ({ ...bid, rank_number: index + 1 }))
  })
}

export const folds: Readonly<Record<'q15' | 'q16' | 'q17' | 'q18' | 'q19', Expectation>> = {
  q15: byDay,
  q16: byChannel,
  q17: byAuction,
  q18: last,
  q19: best,
}
