/** Query 3: who sells things of one category in three states. Either side may come first. */
import { z } from 'zod'
import { from, type Topology, topology } from '../../../src/index.ts'
import { Auction, Person } from '../model.ts'
import { input, outputTable } from '../topics.ts'

const category = 10
const states: ReadonlySet<string> = new Set(['OR', 'ID', 'CA'])

const persons = input('persons', Person.pick({ name: true, city: true, state: true }))
const auctions = input('auctions', Auction.pick({ id: true, seller: true, category: true }))
const sellers = outputTable('q3', z.object({ name: z.string(), city: z.string(), state: z.string(), id: z.int() }))

const people = from(persons)
  .filter(({ state }) => states.has(state))
  .map(({ name, city, state }) => ({ name, city, state }))
  .toTable('people')

const offers = from(auctions)
  .filter((auction) => auction.category === category)
  .map(({ id, seller }) => ({ id, seller }))
  .toTable('offers')

export const q3: Topology = topology(
  'bench-q3',
  offers
    .foreignKeyJoin(
      'seller',
      people,
      ({ seller }) => String(seller),
      ({ id }, person) => ({ ...person, id }),
    )
    .to(sellers),
)
