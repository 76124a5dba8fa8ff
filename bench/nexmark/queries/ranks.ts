/** Counts by rank of price, of bids and of distinct bidders and auctions: queries 15 to 17. */
import { z } from 'zod'
import { type KeyedStream, mapState, number, text } from '../../../src/index.ts'

const count = z.int()
export const BidCounts = z.object({ total_bids: count, rank1_bids: count, rank2_bids: count, rank3_bids: count })
export const Counts = BidCounts.extend({
  ...{ total_bidders: count, rank1_bidders: count, rank2_bidders: count, rank3_bidders: count },
  ...{ total_auctions: count, rank1_auctions: count, rank2_auctions: count, rank3_auctions: count },
})
export type BidCounts = z.infer<typeof BidCounts>
export type Counts = z.infer<typeof Counts>

export const noBids: BidCounts = { total_bids: 0, rank1_bids: 0, rank2_bids: 0, rank3_bids: 0 }
export const nothing: Counts = {
  ...noBids,
  ...{ total_bidders: 0, rank1_bidders: 0, rank2_bidders: 0, rank3_bidders: 0 },
  ...{ total_auctions: 0, rank1_auctions: 0, rank2_auctions: 0, rank3_auctions: 0 },
}

/** As bits of a small set: bit 0 is the total, bits 1 to 3 are the ranks. */
const [inTotal, inRank1, inRank2, inRank3] = [1, 2, 4, 8]

function placesOf(price: number): number {
  if (price < 10_000) return inTotal | inRank1
  return inTotal | (price < 1_000_000 ? inRank2 : inRank3)
}

/** One if the bit is set. */
const one = (places: number, place: number): number => ((places & place) === 0 ? 0 : 1)

/** In which places a bid counts; and those in which its bidder and its auction had not been counted yet. */
export interface Places {
  readonly bid: number
  readonly bidder: number
  readonly auction: number
  readonly dateTime: number
}

interface CountedBid {
  readonly auction: number
  readonly bidder: number
  readonly price: number
  readonly dateTime: number
}

/** Remembers per key who was counted where. */
export function distinct<B extends CountedBid>(bids: KeyedStream<string, B>): KeyedStream<string, Places> {
  return bids.process('distinct', {
    state: { seen: mapState(text, number) },
    onRecord({ auction, bidder, price, dateTime }, { state: { seen } }) {
      const bid = placesOf(price)
      const note = (who: string): number => {
        const before = seen.get(who) ?? 0
        const fresh = bid & ~before
        if (fresh !== 0) seen.set(who, before | fresh)
        return fresh
      }
      return [{ bid, bidder: note(`bidder ${bidder}`), auction: note(`auction ${auction}`), dateTime }]
    },
  })
}

export function addPrice(counts: BidCounts, price: number): BidCounts {
  return addBid(counts, placesOf(price))
}

function addBid(counts: BidCounts, bid: number): BidCounts {
  return {
    total_bids: counts.total_bids + 1,
    rank1_bids: counts.rank1_bids + one(bid, inRank1),
    rank2_bids: counts.rank2_bids + one(bid, inRank2),
    rank3_bids: counts.rank3_bids + one(bid, inRank3),
  }
}

export function addPlaces(counts: Counts, { bid, bidder, auction }: Places): Counts {
  return {
    ...addBid(counts, bid),
    total_bidders: counts.total_bidders + one(bidder, inTotal),
    rank1_bidders: counts.rank1_bidders + one(bidder, inRank1),
    rank2_bidders: counts.rank2_bidders + one(bidder, inRank2),
    rank3_bidders: counts.rank3_bidders + one(bidder, inRank3),
    total_auctions: counts.total_auctions + one(auction, inTotal),
    rank1_auctions: counts.rank1_auctions + one(auction, inRank1),
    rank2_auctions: counts.rank2_auctions + one(auction, inRank2),
    rank3_auctions: counts.rank3_auctions + one(auction, inRank3),
  }
}
