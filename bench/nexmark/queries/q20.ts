/** Query 20: bids with their auctions, of one category. A bid may come before its auction, and waits for a day. */
import { z } from 'zod'
import { from, type Topology, topology } from '../../../src/index.ts'
import { Auction, Bid } from '../model.ts'
import { input, inputTable, output } from '../topics.ts'

const wanted = 10
const bidFields = Bid.omit({ dateTime: true, extra: true })
const auctionFields = Auction.omit({ id: true, dateTime: true, extra: true })

const bids = input('bids', Bid)
const auctions = from(inputTable('auctions', Auction))
const expanded = output(
  'q20',
  z.object({
    ...bidFields.shape,
    ...{ bid_dateTime: z.int(), bid_extra: z.string() },
    ...auctionFields.shape,
    ...{ auction_dateTime: z.int(), auction_extra: z.string() },
  }),
)

function expand({ dateTime, extra, ...bid }: Bid, auction: Auction) {
  const { id: _, dateTime: auction_dateTime, extra: auction_extra, ...rest } = auction
  return { ...bid, bid_dateTime: dateTime, bid_extra: extra, ...rest, auction_dateTime, auction_extra }
}

const met = from(bids).leftJoin(auctions, (bid, auction) => ({ bid, auction }))
const { known, early } = met.branch({
  known: (pair): pair is { bid: Bid; auction: Auction } => pair.auction !== undefined,
  early: () => true,
})
const later = early
  .map(({ bid }) => bid)
  .join('early', auctions.toStream(), (bid, auction) => ({ bid, auction }), { within: { days: 1 } })

export const q20: Topology = topology(
  'bench-q20',
  ...[known, later].map((pairs) =>
    pairs
      .filter(({ auction }) => auction.category === wanted)
      .map(({ bid, auction }) => expand(bid, auction))
      .to(expanded),
  ),
)
