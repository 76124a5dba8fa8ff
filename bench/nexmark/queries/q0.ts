/** Query 0: every bid as it is. What everything costs that is not the query. */
import { from, type Topology, topology } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, output } from '../topics.ts'

const PassedBid = Bid.pick({ auction: true, bidder: true, price: true, dateTime: true, extra: true })

const bids = input('bids', PassedBid)
const passed = output('q0', PassedBid)

export const q0: Topology = topology(
  'bench-q0',
  from(bids)
    .map(({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price, dateTime, extra }))
    .to(passed),
)
