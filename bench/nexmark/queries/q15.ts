/** Query 15: bids, bidders and auctions of a day, in all and by rank of price. */
import { z } from 'zod'
import { from, type Topology, topology } from '../../../src/index.ts'
import { dayOf } from '../calendar.ts'
import { Bid } from '../model.ts'
import { input, jsonOf, output } from '../topics.ts'
import { addPlaces, Counts, distinct, nothing } from './ranks.ts'

const CountedBid = Bid.pick({ auction: true, bidder: true, price: true, dateTime: true })

const bids = input('bids', CountedBid)
const days = output('q15', z.object({ day: z.string(), ...Counts.shape }))

export const q15: Topology = topology(
  'bench-q15',
  distinct(
    from(bids)
      .map(({ auction, bidder, price, dateTime }) => ({ auction, bidder, price, dateTime }))
      .keyBy('day', ({ dateTime }) => dayOf(dateTime), { value: jsonOf(CountedBid) }),
  )
    .aggregate('counts', { as: jsonOf(Counts), start: nothing, add: addPlaces })
    .coalesce()
    .map((counts, { key }) => ({ day: key, ...counts }))
    .to(days),
)
