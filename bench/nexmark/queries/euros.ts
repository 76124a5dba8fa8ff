/** Bids in another currency: query 1, which is measured as `map`, too. */
import { z } from 'zod'
import { from, type Topology, topology } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, output } from '../topics.ts'

export const eurosPerDollar = 0.908

const DollarBid = Bid.pick({ auction: true, bidder: true, price: true, dateTime: true, extra: true })
const EuroBid = DollarBid.extend({ price: z.number() })

const bids = input('bids', DollarBid)

/** Every bid with its price in euros. */
export function inEuros(work: 'map' | 'q1'): Topology {
  return topology(
    `bench-${work}`,
    from(bids)
      .map(({ auction, bidder, price, dateTime, extra }) => {
        return { auction, bidder, price: price * eurosPerDollar, dateTime, extra }
      })
      .to(output(work, EuroBid)),
  )
}
