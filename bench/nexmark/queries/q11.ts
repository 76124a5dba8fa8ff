/** Query 11: how many bids somebody makes until nothing comes for 10 seconds. */
import { z } from 'zod'
import { from, number, session, type Topology, topology } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, output } from '../topics.ts'

const gapMilliseconds = 10_000
const bids = input('bids', Bid.pick({ bidder: true, dateTime: true }))
const sessions = output('q11', z.object({ bidder: z.int(), bid_count: z.int(), starttime: z.int(), endtime: z.int() }))

export const q11: Topology = topology(
  'bench-q11',
  from(bids, { timestamp: (bid) => bid.dateTime, outOfOrderness: { seconds: 4 } })
    .map((bid) => bid.bidder)
    .keyBy('bidder', (bidder) => String(bidder), { value: number })
    .window(session({ milliseconds: gapMilliseconds }))
    .count('bids')
    .map((count, { key, window }) => ({
      bidder: Number(key),
      bid_count: count,
      starttime: window.start.getTime(),
      endtime: window.end.getTime() + gapMilliseconds,
    }))
    .to(sessions),
)
