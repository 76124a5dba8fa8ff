/** What the compiler refuses of tables: each line below `@ts-expect-error` must not compile. */
import {
  cogroup,
  from,
  json,
  type KeyedStream,
  type LateRecord,
  nullable,
  number,
  type Ranked,
  session,
  type Table,
  table,
  text,
  topic,
  topology,
  tumbling,
  type VersionedTable,
  versionedTable,
} from '../../src/index.ts'

interface Order {
  readonly customer: string
  readonly total: number
}
interface Visit {
  readonly at: Date
}

const orders = table('orders', { value: json<Order>() })
const prices = versionedTable('prices', { value: json<number>(), history: { days: 1 } })
const stream = from(topic('stream', { key: text, value: json<Order>() }))
const deletable = from(topic('deletable', { key: text, value: nullable(json<Order>()) }))
const keyless = from(topic('keyless', { value: json<Order>() }))
const visits = from(topic('visits', { key: text, value: json<Visit>() }))
const output = topic('output', { key: text, value: json<Order>() })
const rows = from(orders)

// Sources: what is late is known, and how a row may be deleted.
rows.late satisfies KeyedStream<string, LateRecord<string, Order | null, null>>
rows satisfies Table<string, Order, null>
from(prices) satisfies VersionedTable<string, number>
from(orders, { order: 'arrival', ttl: { hours: 1 }, deleteRetention: { days: 1 } })
// @ts-expect-error there is no such order
from(orders, { order: 'offset' })
// @ts-expect-error rows of a versioned table are kept as long as its history says
from(prices, { ttl: { hours: 1 } })
// @ts-expect-error a versioned table needs a history
versionedTable('prices', { value: json<number>() })
// @ts-expect-error a row can be deleted: the topic must take null
rows.to(output)
// @ts-expect-error tables are not merged
rows.merge(rows)

// Streams to tables.
stream.toTable('rows') satisfies Table<string, Order, null>
deletable.toTable('rows') satisfies Table<string, Order, null>
stream.toVersionedTable('rows', { history: { hours: 1 } }) satisfies VersionedTable<string, Order>
// @ts-expect-error nothing is known about the tasks of a key
keyless.toTable('rows')
// @ts-expect-error JSON does not bring a date back
visits.toTable('rows')
// @ts-expect-error the serde is of another type
stream.toTable('rows', { value: number })
// @ts-expect-error versions are kept for a while
stream.toVersionedTable('rows', {})

// Groups.
const byCustomer = rows.groupBy('by-customer', (order) => order.customer)
byCustomer.count('counts') satisfies Table<string, number>
byCustomer.top('best', 3, { compare: (one, other) => other.total - one.total }) satisfies KeyedStream<
  string,
  Ranked<Order>
>
rows.groupBy('by-total', (order) => order.total, { key: number }).count('counts') satisfies Table<number, number>
// @ts-expect-error a number is no text
rows.groupBy('by-total', (order) => order.total)
// @ts-expect-error a row belongs to some group
rows.groupBy('by-customer', (order) => (order.total > 1 ? order.customer : null))
// @ts-expect-error what was added must be taken back
byCustomer.aggregate('sums', { as: number, start: 0, add: (sum, order) => sum + order.total })
byCustomer.aggregate('sums', {
  as: number,
  start: 0,
  add: (sum, { total }) => sum + total,
  subtract: (sum, { total }) => sum - total,
}) satisfies Table<string, number>
byCustomer.reduce('last', { add: (_sum, order) => order, subtract: () => null }) satisfies Table<string, Order, null>
// @ts-expect-error the sum is of another type
byCustomer.reduce('last', { add: () => 1, subtract: () => null })
// @ts-expect-error groups wait for their fold
byCustomer.to(output)

// Dedupe and rankings.
stream.dedupe('once', { within: { hours: 1 }, by: (order) => order.customer }).to(output)
// @ts-expect-error for how long?
stream.dedupe('once', {})
// @ts-expect-error nothing is known about the tasks of a key
keyless.dedupe('once', { within: { hours: 1 } })
deletable.top('best', 3, { compare: (one, other) => one.total - other.total }) satisfies KeyedStream<
  string,
  Ranked<Order>
>
// @ts-expect-error which is the better?
stream.top('best', 3, {})

// Cogroup.
const sum = { as: number, start: 0 }
const together = cogroup('sums', sum)
  .add(stream, (total, order) => total + order.total)
  .add(visits, (total, visit) => total + visit.at.getTime())
together.table() satisfies Table<string, number>
topology('app', together.window(tumbling({ minutes: 1 })).to(topic('sums', { key: text, value: number })))
// @ts-expect-error sessions grow together: their sums must be merged
together.window(session({ minutes: 1 }))
cogroup('sums', { ...sum, merge: (one, other) => one + other })
  .add(stream, (total) => total + 1)
  .window(session({ minutes: 1 }))
// @ts-expect-error nothing is folded yet
cogroup('sums', sum).table()
const byTotal = stream.keyBy('by', (order) => order.total, { key: number })
// @ts-expect-error the key is of another type
together.add(byTotal, (total) => total)
// @ts-expect-error nothing is known about the tasks of a key
cogroup('sums', sum).add(keyless, (total) => total)
