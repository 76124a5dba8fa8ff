/** Bids per auction in windows of 10 seconds, one final row each. The input is keyed by auction: nothing is repartitioned. */
import { from, json, type Topology, text, topic, topology, tumbling } from '../../src/index.ts'
import { bids } from './bids-topic.ts'

/** The bids of one auction in the ten seconds from `start` (milliseconds since 1970). */
export interface AuctionCount {
  readonly auction: string
  readonly start: number
  readonly bids: number
}

export const windowSeconds = 10

export const counts = topic('bench.bids-per-auction', { key: text, value: json<AuctionCount>() })

export const count: Topology = topology(
  'bench-count',
  from(bids, { timestamp: (bid) => bid.dateTime })
    .window(tumbling({ seconds: windowSeconds }))
    .count('bids-per-auction')
    .map((total, { key, window }) => ({ auction: key, start: window.start.getTime(), bids: total }))
    .to(counts),
)
