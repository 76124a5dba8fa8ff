/** Query 14: bids of some prices in euros, the time of day in words, and code of the user's. */
import { z } from 'zod'
import { from, type Topology, topology } from '../../../src/index.ts'
import { hourOf } from '../calendar.ts'
import { Bid } from '../model.ts'
import { input, output } from '../topics.ts'
import { eurosPerDollar } from './euros.ts'

const DollarBid = Bid.pick({ auction: true, bidder: true, price: true, dateTime: true, extra: true })

const bids = input('bids', DollarBid)
const rated = output(
  'q14',
  z.object({
    ...{ auction: z.int(), bidder: z.int(), price: z.number(), bidTimeType: z.string() },
    ...{ dateTime: z.int(), extra: z.string(), c_counts: z.int() },
  }),
)

function timeOfDay(time: number): string {
  const hour = hourOf(time)
  if (hour >= 8 && hour <= 18) return 'dayTime'
  return hour <= 6 || hour >= 20 ? 'nightTime' : 'otherTime'
}

function countOf(letter: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(letter); at >= 0; at = text.indexOf(letter, at + 1)) count++
  return count
}

export const q14: Topology = topology(
  'bench-q14',
  from(bids)
    .filter(({ price }) => price * eurosPerDollar > 1_000_000 && price * eurosPerDollar < 50_000_000)
    .map(({ auction, bidder, price, dateTime, extra }) => ({
      auction,
      bidder,
      price: price * eurosPerDollar,
      bidTimeType: timeOfDay(dateTime),
      dateTime,
      extra,
      c_counts: countOf('c', extra),
    }))
    .to(rated),
)
