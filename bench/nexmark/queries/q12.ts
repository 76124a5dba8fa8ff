/** Query 12: how many bids somebody makes in 10 seconds of the wall clock. */
import { z } from 'zod'
import { from, number, type Topology, topology, valueState } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, output } from '../topics.ts'

const span = { milliseconds: 10_000 }
const bids = input('bids', Bid.pick({ bidder: true }))
const counts = output('q12', z.object({ bidder: z.int(), bid_count: z.int(), starttime: z.int(), endtime: z.int() }))

export const q12: Topology = topology(
  'bench-q12',
  from(bids)
    .map((bid) => bid.bidder)
    .keyBy('bidder', (bidder) => String(bidder), { value: number })
    .process('by-wall-clock', {
      state: { count: valueState(number) },
      onRecord(_, { state }) {
        state.count.set((state.count.get() ?? 0) + 1)
      },
      everyWallClock: {
        every: span,
        forEachKey: true,
        run({ key, time, state }) {
          const bid_count = state.count.get() ?? 0
          state.count.clear()
          return [{ bidder: Number(key), bid_count, starttime: time - span.milliseconds, endtime: time }]
        },
      },
    })
    .to(counts),
)
