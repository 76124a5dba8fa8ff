/** Query 13: every bid with a row of a table that hardly changes. */
import { from, type Topology, topology } from '../../../src/index.ts'
import { Bid, Side } from '../model.ts'
import { input, inputCopy, output } from '../topics.ts'

const rows = 10_000
const ShortBid = Bid.pick({ auction: true, bidder: true, price: true, dateTime: true })

const bids = input('bids', ShortBid)
const side = inputCopy('side', Side.pick({ value: true }))
const enriched = output('q13', ShortBid.extend(Side.pick({ value: true }).shape))

export const q13: Topology = topology(
  'bench-q13',
  from(bids)
    .innerLookup(
      side,
      ({ auction }) => String(auction % rows),
      ({ auction, bidder, price, dateTime }, { value }) => ({ auction, bidder, price, dateTime, value }),
    )
    .to(enriched),
)
