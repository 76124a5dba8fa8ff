/** Query 5: the auctions with the most bids in the last 10 seconds, every 2 seconds. */
import { z } from 'zod'
import { from, hopping, type Topology, topology, valueState } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, jsonOf, output } from '../topics.ts'

const Hot = z.object({ auction: z.int(), num: z.int(), starttime: z.int() })
/** All that share the first place. */
const Leaders = z.object({ num: z.int(), auctions: z.array(z.int()) })
const size = { seconds: 10 }
const sizeMilliseconds = 10_000

const bids = input('bids', Bid.pick({ dateTime: true }))
const hottest = output('q5', Hot)

const counts = from(bids, { timestamp: (bid) => bid.dateTime, outOfOrderness: { seconds: 4 } })
  .window(hopping(size, { every: { seconds: 2 } }))
  .count('bids')
  .map((num, { key, window }) => ({ auction: Number(key), num, starttime: window.start.getTime() }))

export const q5: Topology = topology(
  'bench-q5',
  counts
    .keyBy('window', ({ starttime }) => String(starttime), { value: jsonOf(Hot) })
    .process('leaders', {
      state: { leaders: valueState(jsonOf(Leaders)) },
      onRecord({ auction, num, starttime }, { state, timers }) {
        const leaders = state.leaders.get()
        if (leaders === undefined) timers.set('over', starttime + sizeMilliseconds)
        if (leaders === undefined || num > leaders.num) state.leaders.set({ num, auctions: [auction] })
        else if (num === leaders.num) state.leaders.set({ num, auctions: [...leaders.auctions, auction] })
      },
      onTimer({ time }, { state }) {
        const { num, auctions } = state.leaders.get() ?? { num: 0, auctions: [] }
        state.leaders.clear()
        return auctions.map((auction) => ({ auction, num, starttime: time - sizeMilliseconds }))
      },
    })
    .to(hottest),
)
