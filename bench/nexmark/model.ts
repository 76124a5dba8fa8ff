/** What happens at the auction house, as its readers see it. Times are milliseconds since 1970. */
import { z } from 'zod'

export const Person = z.object({
  id: z.int(),
  name: z.string(),
  emailAddress: z.string(),
  creditCard: z.string(),
  city: z.string(),
  state: z.string(),
  dateTime: z.int(),
  extra: z.string(),
})

export const Auction = z.object({
  id: z.int(),
  itemName: z.string(),
  description: z.string(),
  initialBid: z.int(),
  reserve: z.int(),
  dateTime: z.int(),
  expires: z.int(),
  seller: z.int(),
  category: z.int(),
  extra: z.string(),
})

export const Bid = z.object({
  auction: z.int(),
  bidder: z.int(),
  price: z.int(),
  channel: z.string(),
  url: z.string(),
  dateTime: z.int(),
  extra: z.string(),
})

/** The row of `auction mod 10000`, for q13. */
export const Side = z.object({ key: z.int(), value: z.string() })

export type Person = z.infer<typeof Person>
export type Auction = z.infer<typeof Auction>
export type Bid = z.infer<typeof Bid>
export type Side = z.infer<typeof Side>

/** One event; its key in Kafka is `id` as text. */
export type NexmarkEvent =
  | { readonly topic: 'persons'; readonly id: number; readonly time: number; readonly value: Person }
  | { readonly topic: 'auctions'; readonly id: number; readonly time: number; readonly value: Auction }
  | { readonly topic: 'bids'; readonly id: number; readonly time: number; readonly value: Bid }
