/** Query 8: who came and opened an auction within the same 10 seconds. */
import { z } from 'zod'
import { cogroup, from, type Topology, topology, tumbling } from '../../../src/index.ts'
import { Auction, Person } from '../model.ts'
import { input, jsonOf, output } from '../topics.ts'

const Newcomer = z.object({ id: z.int(), name: z.string(), opened: z.boolean() })
const noOne = { id: 0, name: '', opened: false }

const persons = input('persons', Person.pick({ id: true, name: true, dateTime: true }))
const auctions = input('auctions', Auction.pick({ seller: true, dateTime: true }))
const newSellers = output('q8', z.object({ id: z.int(), name: z.string(), stime: z.int() }))

const byTime = { timestamp: ({ dateTime }: { readonly dateTime: number }) => dateTime, outOfOrderness: { seconds: 4 } }
const sellers = from(auctions, byTime).keyBy('seller', ({ seller }) => String(seller))

export const q8: Topology = topology(
  'bench-q8',
  cogroup('newcomers', { as: jsonOf(Newcomer), start: noOne })
    .add(from(persons, byTime), (sum, { id, name }) => ({ ...sum, id, name }))
    .add(sellers, (sum) => (sum.opened ? sum : { ...sum, opened: true }))
    .window(tumbling({ seconds: 10 }))
    .filter(({ id, opened }) => opened && id !== noOne.id)
    .map(({ id, name }, { window }) => ({ id, name, stime: window.start.getTime() }))
    .to(newSellers),
)
