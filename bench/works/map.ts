/** Nexmark query 1: every bid in another currency. JSON in, JSON out. */
import { from, json, type Topology, text, topic, topology } from '../../src/index.ts'
import type { Bid } from '../bids.ts'
import { bids } from './bids-topic.ts'

const eurosPerDollar = 0.908

export const converted = topic('bench.bids-in-euros', { key: text, value: json<Bid>() })

export const map: Topology = topology(
  'bench-map',
  from(bids)
    .map((bid) => ({ ...bid, price: bid.price * eurosPerDollar }))
    .to(converted),
)
