/** Query 16: as query 15, for each channel, and the latest minute. */
import { z } from 'zod'
import { from, type Topology, topology } from '../../../src/index.ts'
import { dayOf, minuteOf } from '../calendar.ts'
import { Bid } from '../model.ts'
import { input, jsonOf, output } from '../topics.ts'
import { addPlaces, Counts, distinct, nothing } from './ranks.ts'

const CountedBid = Bid.pick({ auction: true, bidder: true, price: true, dateTime: true })
const ChannelBid = CountedBid.extend({ channel: z.string() })
const ChannelCounts = z.object({ minute: z.string(), ...Counts.shape })

const bids = input('bids', ChannelBid)
const channels = output('q16', z.object({ channel: z.string(), day: z.string(), ...ChannelCounts.shape }))
/** No channel has one in its name. */
const between = ' '

export const q16: Topology = topology(
  'bench-q16',
  distinct(
    from(bids)
      .map(({ auction, bidder, price, dateTime, channel }) => ({ auction, bidder, price, dateTime, channel }))
      .keyBy('channel-day', ({ channel, dateTime }): string => `${channel}${between}${dayOf(dateTime)}`, {
        value: jsonOf(ChannelBid),
      }),
  )
    .aggregate('counts', {
      as: jsonOf(ChannelCounts),
      start: { minute: '', ...nothing },
      add: ({ minute, ...counts }, places) => {
        const now = minuteOf(places.dateTime)
        return { minute: now > minute ? now : minute, ...addPlaces(counts, places) }
      },
    })
    .coalesce()
    .map((counts, { key }) => {
      const [channel = '', day = ''] = key.split(between)
      return { channel, day, ...counts }
    })
    .to(channels),
)
