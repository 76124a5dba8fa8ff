/** Expected rows of the queries that look at one bid at a time. */
import type { Bid } from '../model.ts'
import type { Expectation, ResultRow } from './rows.ts'

const short = ({ auction, bidder, price, dateTime, extra }: Bid): ResultRow => {
  return { auction, bidder, price, dateTime, extra }
}
const euros: Expectation = ({ bids }) => bids.map((bid) => ({ ...short(bid), price: bid.price * 0.908 }))

const channelNumbers: Readonly<Record<string, string>> = { apple: '0', google: '1', facebook: '2', baidu: '3' }

function channelIds(bids: readonly Bid[]): ResultRow[] {
  const rows: ResultRow[] = []
  for (const { auction, bidder, price, channel, url } of bids) {
    const told = url.split('&').find((part) => part.startsWith('channel_id='))
    const channel_id = channelNumbers[channel.toLowerCase()] ?? told?.slice('channel_id='.length)
    if (channel_id !== undefined) rows.push({ auction, bidder, price, channel, channel_id })
  }
  return rows
}

function timeType(time: number): string {
  const hour = new Date(time).getUTCHours()
  if (hour <= 6 || hour >= 20) return 'nightTime'
  return hour === 7 || hour === 19 ? 'otherTime' : 'dayTime'
}

export const plain: Readonly<Record<'map' | 'q0' | 'q1' | 'q2' | 'q13' | 'q14' | 'q21' | 'q22', Expectation>> = {
  map: euros,
  q0: ({ bids }) => bids.map(short),
  q1: euros,
  q2: ({ bids }) => bids.filter((bid) => bid.auction % 123 === 0).map(({ auction, price }) => ({ auction, price })),
  q13: ({ bids, side }) =>
    bids.flatMap(({ auction, bidder, price, dateTime }) => {
      const value = side.get(auction % 10_000)
      return value === undefined ? [] : [{ auction, bidder, price, dateTime, value }]
    }),
  q14: ({ bids }) =>
    bids
      .filter(({ price }) => price * 0.908 > 1_000_000 && price * 0.908 < 50_000_000)
      .map((bid) => ({
        ...short(bid),
        price: bid.price * 0.908,
        bidTimeType: timeType(bid.dateTime),
        c_counts: bid.extra.split('c').length - 1,
      })),
  q21: ({ bids }) => channelIds(bids),
  q22: ({ bids }) =>
    bids.map(({ auction, bidder, price, channel, url }) => {
      const { pathname } = new URL(url)
      const [, dir1 = '', dir2 = '', dir3 = ''] = pathname.split('/')
      return { auction, bidder, price, channel, dir1, dir2, dir3 }
    }),
}
