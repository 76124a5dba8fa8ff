/** Query 2: price of the bids for some auctions. */
import { from, type Topology, topology } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, output } from '../topics.ts'

const AuctionPrice = Bid.pick({ auction: true, price: true })

const bids = input('bids', AuctionPrice)
const found = output('q2', AuctionPrice)

export const q2: Topology = topology(
  'bench-q2',
  from(bids)
    .filter(({ auction }) => auction % 123 === 0)
    .map(({ auction, price }) => ({ auction, price }))
    .to(found),
)
