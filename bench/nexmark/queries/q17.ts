/** Query 17: bids and prices of each auction, by day. */
import { z } from 'zod'
import { from, onWallClock, type Topology, topology, tumbling } from '../../../src/index.ts'
import { dayOf } from '../calendar.ts'
import { Bid } from '../model.ts'
import { input, jsonOf, output } from '../topics.ts'
import { addPrice, BidCounts, noBids } from './ranks.ts'

const Prices = BidCounts.extend({ min_price: z.int(), max_price: z.int(), sum_price: z.int() })

const bids = input('bids', Bid.pick({ price: true, dateTime: true }))
const auctions = output('q17', z.object({ auction: z.int(), day: z.string(), ...Prices.shape, avg_price: z.int() }))

export const q17: Topology = topology(
  'bench-q17',
  from(bids, { timestamp: (bid) => bid.dateTime, outOfOrderness: { seconds: 4 } })
    .window(tumbling({ days: 1 }))
    .aggregate('prices', {
      as: jsonOf(Prices),
      start: { ...noBids, min_price: Number.MAX_SAFE_INTEGER, max_price: 0, sum_price: 0 },
      add: (sum, { price }) => ({
        ...addPrice(sum, price),
        min_price: Math.min(sum.min_price, price),
        max_price: Math.max(sum.max_price, price),
        sum_price: sum.sum_price + price,
      }),
    })
    .early(onWallClock({ milliseconds: 100 }))
    .map(({ value }, { key, window }) => ({
      auction: Number(key),
      day: dayOf(window.start.getTime()),
      ...value,
      avg_price: Math.floor(value.sum_price / value.total_bids),
    }))
    .to(auctions),
)
