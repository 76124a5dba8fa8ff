/** Query 4: what things of a category cost on average. */
import { z } from 'zod'
import { from, json, type Topology, topology } from '../../../src/index.ts'
import { Auction, Bid } from '../model.ts'
import { input, jsonOf, outputTable } from '../topics.ts'
import { type Winning, winning } from './winning.ts'

const OpenAuction = Auction.pick({ dateTime: true, expires: true, category: true })
const Offer = Bid.pick({ price: true, dateTime: true })
type OpenAuction = z.infer<typeof OpenAuction>
type Offer = z.infer<typeof Offer>
const Sum = z.object({ category: z.int(), total: z.int(), auctions: z.int() })

const auctions = input('auctions', OpenAuction)
const bids = input('bids', Offer)
const averages = outputTable('q4', z.object({ id: z.int(), final: z.int() }))

const final = winning(
  from(auctions).map(({ dateTime, expires, category }) => ({ dateTime, expires, category })),
  from(bids).map(({ price, dateTime }) => ({ price, dateTime })),
  json<Winning<OpenAuction, Offer>>(),
)
  .filter((row): row is { auction: OpenAuction; best: Offer; early: [] } => row.auction !== null && row.best !== null)
  .map(({ auction, best }) => ({ category: auction.category, price: best.price }))
  .coalesce()

export const q4: Topology = topology(
  'bench-q4',
  final
    .groupBy('category', ({ category }) => String(category))
    .aggregate('average', {
      as: jsonOf(Sum),
      start: { category: 0, total: 0, auctions: 0 },
      add: ({ total, auctions: count }, { category, price }) => ({
        category,
        total: total + price,
        auctions: count + 1,
      }),
      subtract: (sum, { price }) => ({ ...sum, total: sum.total - price, auctions: sum.auctions - 1 }),
    })
    .filter((sum) => sum.auctions > 0)
    .map((sum) => ({ id: sum.category, final: Math.floor(sum.total / sum.auctions) }))
    .coalesce()
    .to(averages),
)
