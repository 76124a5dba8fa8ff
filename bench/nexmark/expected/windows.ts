/** Expected rows of the queries with windows. */
import type { Bid } from '../model.ts'
import { type Expectation, grouped, type ResultRow, windowStart } from './rows.ts'

const ten = 10_000
const hop = 2_000

const counts: Expectation = ({ bids }) => {
  const groups = grouped(bids, ({ auction, dateTime }) => `${auction} ${windowStart(dateTime, ten)}`)
  return [...groups.values()].map((group) => {
    return { auction: group[0]!.auction, start: windowStart(group[0]!.dateTime, ten), bids: group.length }
  })
}

/** The starts of all windows that hold a time. */
function hops(time: number): number[] {
  const last = windowStart(time, hop)
  return Array.from({ length: ten / hop }, (_, index) => last - index * hop)
}

function hottest(bids: readonly Bid[]): ResultRow[] {
  const windows = new Map<number, Map<number, number>>()
  for (const { auction, dateTime } of bids) {
    for (const start of hops(dateTime)) {
      const window = windows.get(start) ?? new Map<number, number>()
      windows.set(start, window.set(auction, (window.get(auction) ?? 0) + 1))
    }
  }
  return [...windows].flatMap(([starttime, window]) => {
    const most = Math.max(...window.values())
    return [...window].filter(([, num]) => num === most).map(([auction, num]) => ({ auction, num, starttime }))
  })
}

function highest(bids: readonly Bid[]): ResultRow[] {
  return [...grouped(bids, ({ dateTime }) => windowStart(dateTime, ten))].flatMap(([start, window]) => {
    const most = window.reduce((price, bid) => Math.max(price, bid.price), 0)
    return bids
      .filter(({ price, dateTime }) => price === most && dateTime >= start && dateTime <= start + ten)
      .map(({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price, dateTime, extra }))
  })
}

const newSellers: Expectation = ({ persons, auctions }) => {
  const opened = new Set(auctions.map(({ seller, dateTime }) => `${seller} ${windowStart(dateTime, ten)}`))
  return persons
    .map(({ id, name, dateTime }) => ({ id, name, stime: windowStart(dateTime, ten) }))
    .filter(({ id, stime }) => opened.has(`${id} ${stime}`))
}

const sessions: Expectation = ({ bids }) => {
  const rows: ResultRow[] = []
  for (const [bidder, theirs] of grouped(bids, (bid) => bid.bidder)) {
    let [starttime, last, bid_count] = [theirs[0]!.dateTime, theirs[0]!.dateTime, 0]
    const close = (): number => rows.push({ bidder, bid_count, starttime, endtime: last + ten })
    for (const { dateTime } of theirs) {
      if (dateTime - last > ten) {
        close()
        ;[starttime, bid_count] = [dateTime, 0]
      }
      last = dateTime
      bid_count++
    }
    close()
  }
  return rows
}

export const windows: Readonly<
  Record<'windowed-count-final' | 'windowed-count-updates' | 'q5' | 'q7' | 'q8' | 'q11', Expectation>
> = {
  'windowed-count-final': counts,
  'windowed-count-updates': counts,
  q5: ({ bids }) => hottest(bids),
  q7: ({ bids }) => highest(bids),
  q8: newSellers,
  q11: sessions,
}
