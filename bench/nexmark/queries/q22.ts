/** Query 22: the folders in a bid's address. */
import { z } from 'zod'
import { from, type Topology, topology } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, output } from '../topics.ts'

const ChannelBid = Bid.pick({ auction: true, bidder: true, price: true, channel: true })
const bids = input('bids', ChannelBid.extend({ url: z.string() }))
const folders = output('q22', ChannelBid.extend({ dir1: z.string(), dir2: z.string(), dir3: z.string() }))

export const q22: Topology = topology(
  'bench-q22',
  from(bids)
    .map(({ auction, bidder, price, channel, url }) => {
      const [, , , dir1 = '', dir2 = '', dir3 = ''] = url.split('/', 6)
      return { auction, bidder, price, channel, dir1, dir2, dir3 }
    })
    .to(folders),
)
