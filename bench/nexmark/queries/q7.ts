/**
 * Query 7: the dearest bids of each 10 seconds. The best of each auction come together, so that few records travel.
 * The reference also takes a bid at the very end of the window if it has the window's highest price by chance.
 */
import { z } from 'zod'
import { from, type Topology, topology, tumbling } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, jsonOf, output } from '../topics.ts'

const Dear = Bid.pick({ auction: true, bidder: true, price: true, dateTime: true, extra: true })
type Dear = z.infer<typeof Dear>
const Dearest = z.array(Dear)

const bids = input('bids', Dear)
const highest = output('q7', Dear)
const windows = tumbling({ seconds: 10 })

/** The dearest of both, all that cost the same. */
function dearest(one: readonly Dear[], other: readonly Dear[]): Dear[] {
  const [ours = 0, theirs = 0] = [one[0]?.price, other[0]?.price]
  if (ours !== theirs) return [...(ours > theirs ? one : other)]
  return [...one, ...other]
}

export const q7: Topology = topology(
  'bench-q7',
  from(bids, { timestamp: (bid) => bid.dateTime, outOfOrderness: { seconds: 4 } })
    .map(({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price, dateTime, extra }))
    .window(windows)
    .aggregate('dearest-of-auction', {
      as: jsonOf(Dearest),
      start: [],
      add: (best, bid) => (best.length > 0 && bid.price < best[0]!.price ? best : dearest(best, [bid])),
    })
    .keyBy('window', (_, { window }) => String(window.start.getTime()), { value: jsonOf(Dearest) })
    .window(windows)
    .reduce('dearest', dearest, { value: jsonOf(Dearest) })
    .flatMap((best) => best.values())
    .to(highest),
)
