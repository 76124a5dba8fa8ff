/** What a window counts while it is open, as often as is committed. */
import { onWallClock, type Topology, topology } from '../../../src/index.ts'
import { output } from '../topics.ts'
import { AuctionCount, counted, rowOf } from './windowed-count.ts'

export const windowedCountUpdates: Topology = topology(
  'bench-windowed-count-updates',
  counted
    .early(onWallClock({ milliseconds: 100 }))
    .map(({ value }, context) => rowOf(value, context))
    .to(output('windowed-count-updates', AuctionCount)),
)
