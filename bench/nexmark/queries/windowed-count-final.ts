/** One row per auction and window, when the window closes. */
import { type Topology, topology } from '../../../src/index.ts'
import { output } from '../topics.ts'
import { AuctionCount, counted, rowOf } from './windowed-count.ts'

export const windowedCountFinal: Topology = topology(
  'bench-windowed-count-final',
  counted.map(rowOf).to(output('windowed-count-final', AuctionCount)),
)
