/** Bids per auction in tumbling windows of 10 seconds. The input is keyed by auction: nothing is repartitioned. */
import { z } from 'zod'
import { from, tumbling, type Window, type WindowResults } from '../../../src/index.ts'
import { Bid } from '../model.ts'
import { input } from '../topics.ts'

export const AuctionCount = z.object({ auction: z.int(), start: z.int(), bids: z.int() })
type AuctionCount = z.infer<typeof AuctionCount>

const Timed = Bid.pick({ dateTime: true })
const bids = input('bids', Timed)

/** The count of each auction and window. */
export const counted: WindowResults<string, number, z.infer<typeof Timed>> = from(bids, {
  timestamp: (bid) => bid.dateTime,
  outOfOrderness: { seconds: 4 },
})
  .window(tumbling({ seconds: 10 }))
  .count('bids-per-auction')

export function rowOf(count: number, { key, window }: { readonly key: string; readonly window: Window }): AuctionCount {
  return { auction: Number(key), start: window.start.getTime(), bids: count }
}
