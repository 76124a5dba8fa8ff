/** Query 19: the ten dearest bids of each auction, with their ranks. */
import { z } from 'zod'
import { from, type Topology, topology } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, jsonOf, output } from '../topics.ts'

const bids = input('bids', Bid)
const ranked = output('q19', Bid.extend({ rank_number: z.int() }))

export const q19: Topology = topology(
  'bench-q19',
  from(bids)
    .top('dearest', 10, { compare: (one, other) => other.price - one.price, value: jsonOf(Bid) })
    .flatMap(({ rank, value }) => (value === null ? [] : [{ ...value, rank_number: rank }]))
    .to(ranked),
)
