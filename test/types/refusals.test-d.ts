/** What the compiler refuses: each line below `@ts-expect-error` must not compile. */
import {
  bytes,
  from,
  globalTable,
  json,
  type KeyedStream,
  number,
  otherwise,
  table,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'

interface Order {
  readonly id: string
  readonly total: number
  readonly note?: string
  readonly lines: readonly { readonly article: string | null }[]
}
interface Visit {
  readonly user: string
  readonly at: Date
}

const orders = from(topic('orders', { value: json<Order>() }))
const keyed = from(topic('keyed', { key: text, value: json<Order>() }))
const visits = from(topic('visits', { value: json<Visit>() }))
const minutes = tumbling({ minutes: 1 })
const output = topic('output', { value: json<Order>() })
const totals = topic('totals', { key: text, value: number })

// A fold needs to know that all records of a key are in one task.
// @ts-expect-error null keys are possible
orders.window(minutes)
// @ts-expect-error null keys are possible
orders.count('orders')
keyed.window(minutes).count('by-key')
keyed
  .map((order) => order.total)
  .filter((total) => total > 1)
  .window(minutes)
  .count('by-key')
// @ts-expect-error the key is another one, the partition still the old key's
keyed.mapKeyValue((order) => [order.id, order]).window(minutes)
// @ts-expect-error nothing is known about the partitions of the other stream
keyed.merge(keyed).count('merged')
keyed
  .mapKeyValue((order) => [order.id, order])
  .keyBy('id', (order) => order.id)
  .count('by-id')

// A topic between two tasks needs serdes that fit.
orders.keyBy('id', (order) => order.id)
// @ts-expect-error a number is no text
orders.keyBy('total', (order) => order.total)
orders.keyBy('total', (order) => order.total, { key: number })
// @ts-expect-error the serde is of another type
orders.keyBy('total', (order) => order.total, { key: bytes })
// @ts-expect-error a null key has no partition
orders.keyBy('note', (order) => order.note ?? null, { key: text })
// @ts-expect-error JSON would make text of the date
visits.keyBy('user', (visit) => visit.user)
// @ts-expect-error the serde is still missing
visits.keyBy('user', (visit) => visit.user, { partitions: 3 })
visits.keyBy('user', (visit) => visit.user, { value: json<Visit>() })
// @ts-expect-error JSON would lose the map
orders.map((order) => new Map([[order.id, 1]])).keyBy('id', () => 'id')
// @ts-expect-error JSON has no bigint
orders.map((order) => ({ total: BigInt(order.total) })).keyBy('id', () => 'id')
// @ts-expect-error JSON would lose the function
orders.map((order) => ({ total: () => order.total })).keyBy('id', () => 'id')
// @ts-expect-error nothing is not JSON
orders.map(() => undefined).keyBy('id', () => 'id')
// @ts-expect-error the sums need a serde, as dates among them don't survive JSON
from(topic('visits', { key: text, value: json<Visit>() })).reduce('last', (_last, next) => next)
from(topic('visits', { key: text, value: json<Visit>() })).reduce('last', (_last, next) => next, {
  value: json<Visit>(),
})

// Values may be recursive, optional, tuples, brands, or of no known type.
interface Tree {
  readonly name: string & { readonly brand?: 'name' }
  readonly place?: readonly [row: number, column: number | null]
  readonly children: readonly Tree[]
}
from(topic('trees', { value: json<Tree>() })).keyBy('name', (tree) => tree.name)
from(topic('anything', { value: json<unknown>() })).keyBy('name', () => 'name')
// @ts-expect-error the date is deep inside
from(topic('trees', { value: json<{ tree: Tree & { at?: [Date] } }>() })).keyBy('name', () => 'name')
// @ts-expect-error handlers are synchronous
orders.map(async (order) => order).to(output)
// @ts-expect-error handlers are synchronous
orders.filter(async (order) => order.total > 1)

// A topic takes its own keys and values, narrower ones, nothing else.
keyed.to(output)
// @ts-expect-error other values
orders.map((order) => order.total).to(output)
// @ts-expect-error null keys are possible, the topic has none
orders.map((order) => order.total).to(totals)
keyed.map((order) => order.total).to(totals)
// @ts-expect-error a number is not the topic's key
orders.keyBy('total', (order) => order.total, { key: number }).to(output)
// @ts-expect-error deletions are not numbers
from(table('limits', { value: number })).to(totals)
from(table('limits', { value: number })).to(table('limits-copy', { value: number }))
// @ts-expect-error a stream is not finished
topology('unfinished', orders)

// Only windows close, are late, or have updates.
// @ts-expect-error no window, nothing late
keyed.count('by-key').late
// @ts-expect-error no window, always updates
keyed.count('by-key').updates()
// @ts-expect-error a stream has nothing late
keyed.map((order) => order).late
// @ts-expect-error they are updates already
keyed.window(minutes).count('by-key').updates().updates()
// @ts-expect-error windows wait for a fold
keyed.window(minutes).map((order: Order) => order)
// @ts-expect-error a window is made by tumbling or hopping
keyed.window({ minutes: 1 })
// @ts-expect-error there is no window here
keyed.map((_order, { window }) => window.start)
keyed
  .window(minutes)
  .count('by-key')
  .map((_count, { window }) => window.start)
const everything = keyed
  .window(minutes)
  .count('by-key')
  .keyBy('all', () => 'all')
// @ts-expect-error a window doesn't cross a repartition topic
everything.map((_count, { window }) => window.start)

// Branches have the names they were given, and what type guards say.
const { big, small } = orders.branch({ big: (order) => order.total > 100, small: otherwise })
big.to(output)
small.to(output)
// @ts-expect-error no such case
orders.branch({ big: (order) => order.total > 100 }).small
const sizes = from(topic('sizes', { value: json<string | number>() })).branch({
  named: (size) => typeof size === 'string',
  counted: (size): size is number => typeof size === 'number',
})
sizes.named.map((size) => size.toUpperCase())
sizes.counted.map((size) => size.toFixed(2))
// @ts-expect-error it is a string
sizes.named.map((size) => size.toFixed(2))

// Look-ups know the row, and that it may be missing.
const articles = globalTable('articles', { value: json<{ price: number }>() })
const idOf = (order: Order): string => order.id
const totalOf = (order: Order): number => order.total
orders.lookup(articles, idOf, (_order, article) => article?.price)
// @ts-expect-error there may be no row
orders.lookup(articles, idOf, (_order, article) => article.price)
orders.innerLookup(articles, idOf, (_order, article) => article.price)
// @ts-expect-error the table's keys are text
orders.lookup(articles, totalOf, idOf)
// @ts-expect-error only global tables are whole in every worker
orders.lookup(table('articles', { value: number }), idOf, totalOf)

// Sums, lists and times.
// @ts-expect-error the start is not a sum
keyed.aggregate('sum', { as: number, start: 'none', add: (sum) => sum })
// @ts-expect-error the next sum is not a sum
keyed.aggregate('sum', { as: number, start: 0, add: (_sum, order) => order })
keyed.aggregate('sum', { as: number, start: () => 0, add: (sum, order) => sum + order.total })
// @ts-expect-error a text is not a list of its letters
orders.flatMap((order) => order.id)
// @ts-expect-error times are milliseconds
from(topic('visits', { value: json<Visit>() }), { timestamp: (visit) => visit.at })
// @ts-expect-error durations are spelt with their units
from(topic('visits', { value: json<Visit>() }), { outOfOrderness: 60 })

// Filters narrow, and a keyed stream is a stream.
const notes: KeyedStream<string, string> = keyed.map((order) => order.note).filter((note) => note !== undefined)
const anyOrders: typeof orders = from(topic('more', { value: json<Order>() }))
notes.merge(anyOrders).peek((value) => (typeof value === 'string' ? value : value.id))
