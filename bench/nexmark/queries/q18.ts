/** Query 18: the last bid of everybody for each auction. What is older than it is dropped. */
import { from, mapState, number, type Topology, text, topology } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, output } from '../topics.ts'

const bids = input('bids', Bid)
const last = output('q18', Bid)

export const q18: Topology = topology(
  'bench-q18',
  from(bids)
    .process('last', {
      state: { times: mapState(text, number) },
      onRecord(bid, { state: { times } }) {
        const bidder = String(bid.bidder)
        if (bid.dateTime < (times.get(bidder) ?? 0)) return []
        times.set(bidder, bid.dateTime)
        return [bid]
      },
    })
    .to(last),
)
