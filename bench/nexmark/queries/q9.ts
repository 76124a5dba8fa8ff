/** Query 9: the winning bid of each auction. */
import { z } from 'zod'
import { from, json, type Topology, topology } from '../../../src/index.ts'
import { Auction, Bid } from '../model.ts'
import { input, outputTable } from '../topics.ts'
import { type Winning, winning } from './winning.ts'

const Offer = Bid.pick({ auction: true, bidder: true, price: true, dateTime: true, extra: true })
type Offer = z.infer<typeof Offer>
const Won = Auction.extend({
  ...{ auction: z.int(), bidder: z.int(), price: z.int() },
  ...{ bid_dateTime: z.int(), bid_extra: z.string() },
})

const auctions = input('auctions', Auction)
const bids = input('bids', Offer)
const offers = from(bids).map(({ auction, bidder, price, dateTime, extra }) => {
  return { auction, bidder, price, dateTime, extra }
})
const winners = outputTable('q9', Won)

export const q9: Topology = topology(
  'bench-q9',
  winning(from(auctions), offers, json<Winning<Auction, Offer>>())
    .filter((row): row is { auction: Auction; best: Offer; early: [] } => row.auction !== null && row.best !== null)
    .map(({ auction, best: { dateTime, extra, ...bid } }) => ({
      ...auction,
      ...bid,
      bid_dateTime: dateTime,
      bid_extra: extra,
    }))
    .coalesce()
    .to(winners),
)
