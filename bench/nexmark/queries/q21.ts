/** Query 21: the id of the channel through which a bid came. */
import { z } from 'zod'
import { from, type Topology, topology } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input, output } from '../topics.ts'

const known: ReadonlyMap<string, string> = new Map([
  ['apple', '0'],
  ['google', '1'],
  ['facebook', '2'],
  ['baidu', '3'],
])
const inUrl = /(?:&|^)channel_id=([^&]*)/

const ChannelBid = Bid.pick({ auction: true, bidder: true, price: true, channel: true })
const bids = input('bids', ChannelBid.extend({ url: z.string() }))
const channels = output('q21', ChannelBid.extend({ channel_id: z.string() }))

export const q21: Topology = topology(
  'bench-q21',
  from(bids)
    .flatMap(({ auction, bidder, price, channel, url }) => {
      const channel_id = known.get(channel.toLowerCase()) ?? inUrl.exec(url)?.[1]
      return channel_id === undefined ? [] : [{ auction, bidder, price, channel, channel_id }]
    })
    .to(channels),
)
