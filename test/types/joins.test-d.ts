/** What the compiler refuses of joins, and what it makes of their types: each `@ts-expect-error` must not compile. */
import {
  from,
  type JoinPairs,
  json,
  type KeyedStream,
  type LateRecord,
  nullable,
  number,
  type Table,
  table,
  text,
  topic,
  tumbling,
  versionedTable,
} from '../../src/index.ts'

interface Order {
  readonly customer: string
  readonly product: number
  readonly total: number
}
interface Payment {
  readonly amount: number
}
interface Visit {
  readonly at: Date
}

const orders = from(topic('orders', { key: text, value: json<Order>() }))
const payments = from(topic('payments', { key: text, value: json<Payment>() }))
const numbered = from(topic('numbered', { key: number, value: json<Payment>() }))
const visits = from(topic('visits', { key: text, value: json<Visit>() }))
const anyhow = from(topic('anyhow', { value: json<Payment>() }))
const gone = from(topic('gone', { key: text, value: nullable(json<Payment>()) }))
const within = { within: { minutes: 1 } } as const
const total = (order: Order, payment: Payment): number => order.total - payment.amount

// Streams meet by key, in one task.
export const pairs: JoinPairs<string, number, Order | Payment> = orders.join('paid', payments, total, within)
export const refused: KeyedStream<string, LateRecord<string, Order | Payment, null>> = pairs.late
// @ts-expect-error keys of another type
orders.join('paid', numbered, (order) => order, within)
// @ts-expect-error nothing is known about the partitions of the other stream
orders.join('paid', anyhow, (order) => order, within)
// @ts-expect-error nothing is known about its own partitions
anyhow.join('paid', payments, (payment) => payment, within)
// @ts-expect-error the key was changed
orders.mapKeyValue((order) => [order.customer, order]).join('paid', payments, total, within)
orders.keyBy('again', (order) => order.customer).join('paid', payments, total, within)

// How far apart a pair may be is said once, and whole.
// @ts-expect-error no bounds
orders.join('paid', payments, total, {})
// @ts-expect-error nothing about later ones
orders.join('paid', payments, total, { before: { minutes: 1 } })
// @ts-expect-error said twice
orders.join('paid', payments, total, { within: { minutes: 1 }, before: { minutes: 1 }, after: { minutes: 1 } })
orders.join('paid', payments, total, { before: { minutes: 1 }, after: {}, grace: { seconds: 1 } })

// Rows are kept, so they must be written.
// @ts-expect-error JSON would make text of the date
orders.join('seen', visits, (order) => order, within)
// @ts-expect-error the serde of the other side
orders.join('seen', visits, (order) => order, { ...within, left: json<Order>() })
orders.join('seen', visits, (order) => order, { ...within, right: json<Visit>() })

// What may be missing is undefined, a null value never comes.
// @ts-expect-error there may be no payment
orders.leftJoin('paid', payments, total, within)
orders.leftJoin('paid', payments, (order, payment) => order.total - (payment?.amount ?? 0), within)
// @ts-expect-error there may be no order
orders.rightJoin('paid', payments, total, within)
// @ts-expect-error there may be no payment
orders.outerJoin('paid', payments, (order, payment) => (order?.total ?? 0) - payment.amount, within)
orders.join('paid', gone, (order, payment) => order.total - payment.amount, within)

// An inner join has no rows to show early, and updates are updates.
// @ts-expect-error a pair is final
orders.join('paid', payments, total, within).updates()
const updates = orders.leftJoin('paid', payments, (order) => order, within).updates()
// @ts-expect-error they are updates already
updates.updates()

// A row beside each record.
const customers = from(table('customers', { value: json<{ name: string }>() }))
const prices = from(versionedTable('prices', { value: json<{ price: number }>(), history: { days: 1 } }))
const counts = payments.count('counts')
export const named: KeyedStream<string, string> = orders.join(customers, (_order, customer) => customer.name)
export const counted: KeyedStream<string, number> = orders.join(counts, (order, count) => order.total + count)
// @ts-expect-error there may be no customer
orders.leftJoin(customers, (_order, customer) => customer.name)
export const maybeNamed: KeyedStream<string, string | undefined> = orders.leftJoin(customers, (_, row) => row?.name)
// @ts-expect-error keys of another type
numbered.join(customers, (payment) => payment)
// @ts-expect-error nothing is known about its partitions
anyhow.join(customers, (payment) => payment)
// @ts-expect-error a stream is only joined with a name and bounds
orders.join(payments, total)
// @ts-expect-error a table has no bounds
orders.join('named', customers, (order) => order, within)
// @ts-expect-error a stream has no right join with a table
orders.rightJoin(customers, (order) => order)
orders
  .window(tumbling({ minutes: 1 }))
  .count('windows')
  .join(customers, (count, customer, { window }) => `${customer.name} ${count} ${window.start.toISOString()}`)

// Only versions are worth waiting for.
orders.join(prices, (order, { price }) => order.total * price)
orders.join(prices, (order, { price }) => order.total * price, { name: 'priced', grace: { minutes: 1 } })
// @ts-expect-error the table keeps no versions
orders.join(customers, (order) => order, { name: 'named', grace: { minutes: 1 } })
const mappedPrices = prices.map(({ price }) => price)
// @ts-expect-error a mapped table keeps no versions
orders.join(mappedPrices, (order) => order, { name: 'named', grace: { minutes: 1 } })
// @ts-expect-error records that wait need a store of a name
orders.join(prices, (order) => order, { grace: { minutes: 1 } })
// @ts-expect-error JSON would make text of the date of a record that waits
visits.join(prices, (visit) => visit, { name: 'priced', grace: { minutes: 1 } })
visits.join(prices, (visit) => visit, { name: 'priced', grace: { minutes: 1 }, value: json<Visit>() })

// Tables by key.
export const both: Table<string, string, null> = customers.join(
  counts,
  ({ name }, count) => `${name} ${count.toFixed()}`,
)
// @ts-expect-error there may be no count
customers.leftJoin(counts, ({ name }, count) => `${name} ${count.toFixed()}`)
// @ts-expect-error keys of another type
customers.join(numbered.count('other'), ({ name }) => name)
// @ts-expect-error a table is joined with a table
customers.join(orders, ({ name }) => name)

// Tables by foreign key.
const rows = from(table('rows', { value: json<Order>() }))
const products = from(table('products', { key: number, value: json<{ label: string }>() }))
const dated = from(table('dated', { value: json<Visit>() }))
export const labelled: Table<string, string, null> = rows.foreignKeyJoin(
  'label',
  products,
  (order) => order.product,
  (order, product) => `${order.total} ${product.label}`,
)
const customerOf = (order: Order): string => order.customer
const productOf = (order: Order): number => order.product
const orderOf = (order: Order): Order => order
const dateOf = (_order: Order, { at }: Visit): Date => at
const labelOf = (_order: Order, product: { label: string }): string => product.label
// @ts-expect-error a customer is no product
rows.foreignKeyJoin('label', products, customerOf, orderOf)
// @ts-expect-error there may be no product
rows.leftForeignKeyJoin('label', products, productOf, labelOf)
// @ts-expect-error the right rows travel: JSON would make text of the date
rows.foreignKeyJoin('seen', dated, customerOf, orderOf)
rows.foreignKeyJoin('seen', dated, customerOf, orderOf, { right: json<Visit>() })
// @ts-expect-error the results are kept: JSON would make text of the date
rows.foreignKeyJoin('seen', dated, customerOf, dateOf, { right: json<Visit>() })
rows.foreignKeyJoin('seen', dated, customerOf, dateOf, { right: json<Visit>(), value: json<Date>() })
