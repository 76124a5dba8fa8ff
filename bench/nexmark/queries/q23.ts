/** Query 23: bids with who made them and what he sells himself. All that are not a day apart meet, whatever comes first. */
import { z } from 'zod'
import { from, type Topology, topology } from '../../../src/index.ts'
import { Auction, Bid, Person } from '../model.ts'
import { input, jsonOf, output } from '../topics.ts'

const day = { within: { days: 1 } }
const OwnBid = Bid.pick({ bidder: true, price: true, channel: true, url: true, extra: true })
const Owner = Person.omit({ dateTime: true })

const BidFields = OwnBid.omit({ extra: true }).extend({ bid_extra: z.string() })
const PersonFields = Owner.omit({ id: true, extra: true }).extend({ person_id: z.int(), person_extra: z.string() })
const AuctionFields = Auction.omit({ id: true, dateTime: true, extra: true }).extend({
  auction_dateTime: z.int(),
  auction_extra: z.string(),
})
const Offer = z.object({ ...PersonFields.shape, ...AuctionFields.shape })

const persons = input('persons', Owner)
const auctions = input('auctions', Auction)
const bids = input('bids', OwnBid)
const all = output('q23', z.object({ ...BidFields.shape, ...Offer.shape }))

const sellers = from(auctions)
  .map(({ id: _, dateTime, extra, ...rest }) => ({ ...rest, auction_dateTime: dateTime, auction_extra: extra }))
  .keyBy('seller', ({ seller }) => String(seller), { value: jsonOf(AuctionFields) })
const people = from(persons).map(({ id, name, emailAddress, creditCard, city, state, extra }) => {
  return { name, emailAddress, creditCard, city, state, person_id: id, person_extra: extra }
})
const bidders = from(bids)
  .map(({ bidder, price, channel, url, extra }) => ({ bidder, price, channel, url, bid_extra: extra }))
  .keyBy('bidder', ({ bidder }) => String(bidder), { value: jsonOf(BidFields) })

const offers = people.join('offers', sellers, (person, auction) => ({ ...person, ...auction }), {
  ...day,
  left: jsonOf(PersonFields),
  right: jsonOf(AuctionFields),
})

export const q23: Topology = topology(
  'bench-q23',
  bidders
    .join('own-offers', offers, (bid, offer) => ({ ...bid, ...offer }), {
      ...day,
      left: jsonOf(BidFields),
      right: jsonOf(Offer),
    })
    .to(all),
)
