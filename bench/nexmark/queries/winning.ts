/** The best bid of each auction while it is open: queries 4 and 9. */
import { type Add, cogroup, type KeyedStream, type Serde, type Table, type Window } from '../../../src/index.ts'

/** What is known of an auction. Bids that come before it wait. */
export interface Winning<A, B> {
  readonly auction: A | null
  readonly best: B | null
  readonly early: readonly B[]
}

interface Open {
  readonly dateTime: number
  readonly expires: number
}

interface Offer {
  readonly price: number
  readonly dateTime: number
}

const nothing: Winning<never, never> = { auction: null, best: null, early: [] }

/** The dearer bid; of two at one price the older one. */
function better<A extends Open, B extends Offer>(auction: A, best: B | null, bid: B): B | null {
  if (bid.dateTime < auction.dateTime || bid.dateTime > auction.expires) return best
  if (best === null || bid.price > best.price) return bid
  return bid.price === best.price && bid.dateTime < best.dateTime ? bid : best
}

/**
 * A row per auction that is known or bid for.
 * @param as how rows are kept
 */
export function winning<A extends Open, B extends Offer>(
  auctions: KeyedStream<string, A>,
  bids: KeyedStream<string, B>,
  as: Serde<Winning<A, B>>,
): Table<string, Winning<A, B>> {
  const open: Add<Winning<A, B>, A, string, Window | null> = ({ early }, auction) => {
    const best = early.reduce<B | null>((found, bid) => better(auction, found, bid), null)
    return { auction, best, early: [] }
  }
  const offer: Add<Winning<A, B>, B, string, Window | null> = (sum, bid) => {
    if (sum.auction === null) return { ...sum, early: [...sum.early, bid] }
    const best = better(sum.auction, sum.best, bid)
    return best === sum.best ? sum : { ...sum, best }
  }
  return cogroup<Winning<A, B>>('winning', { as, start: nothing }).add(auctions, open).add(bids, offer).table()
}
