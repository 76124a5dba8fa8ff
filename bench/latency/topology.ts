/** Work `latency`: what `map` does, from a topic that is written while it is read. */
import { z } from 'zod'
import { from, type Topology, text, topic, topology } from '../../src/index.ts'
import { Bid } from '../nexmark/model.ts'
import { eurosPerDollar } from '../nexmark/queries/euros.ts'
import { jsonOf } from '../nexmark/topics.ts'

export const latencyInput = 'latency.bids'
export const latencyOutput = 'out.millrace.latency'

const DollarBid = Bid.pick({ auction: true, bidder: true, price: true, dateTime: true, extra: true })
const EuroBid = DollarBid.extend({ price: z.number() })

const bids = topic(latencyInput, { key: text, value: jsonOf(DollarBid) })
const converted = topic(latencyOutput, { key: text, value: jsonOf(EuroBid) })

export const latency: Topology = topology(
  'bench-latency',
  from(bids)
    .map(({ auction, bidder, price, dateTime, extra }) => {
      return { auction, bidder, price: price * eurosPerDollar, dateTime, extra }
    })
    .to(converted),
)
