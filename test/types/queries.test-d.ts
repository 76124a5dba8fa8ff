/** What the compiler knows of the rows behind streams and tables. Each line below `@ts-expect-error` must not compile. */
import {
  countWindow,
  from,
  globalTable,
  json,
  number,
  onRecords,
  session,
  table,
  text,
  topic,
  topology,
  tumbling,
  versionedTable,
} from '../../src/index.ts'
import { queryClient, type TableRow, type VersionRow, type WindowRow } from '../../src/queries/index.ts'

interface Item {
  readonly price: number
}
const items = from(topic('items', { key: text, value: json<Item>() }))
const sums = items.aggregate('sums', { as: number, start: 0, add: (sum, { price }) => sum + price })
const hours = items.window(tumbling({ hours: 1 })).count('hours')
const visits = items.window(session({ hours: 1 })).aggregate('visits', {
  as: json<{ total: number }>(),
  start: { total: 0 },
  add: ({ total }, { price }) => ({ total: total + price }),
  merge: (one, other) => ({ total: one.total + other.total }),
})
const prices = from(versionedTable('prices', { key: number, value: json<Item>(), history: { days: 1 } }))
const built = topology('asked', hours.to(topic('out', { key: text, value: number })))
const client = queryClient(built, { url: 'http://127.0.0.1:8080' })

export async function asked(): Promise<void> {
  const sum: TableRow<string, number> | undefined = await client.store(sums).get('a')
  for await (const hour of client.store(hours).fetch('a')) hour satisfies WindowRow<string, number>
  for await (const visit of client.store(visits).rows()) visit.value.total satisfies number
  // Early and late rows are of the same windows: what is asked for are their sums.
  for await (const row of client.store(hours.early(onRecords(10))).rows()) row.value satisfies number
  for await (const row of client.store(visits.updates()).rows()) row.value satisfies { total: number }
  for await (const row of client.store(items.window(countWindow(3)).count('threes')).rows())
    row.window.start satisfies Date
  const price: VersionRow<number, Item> | undefined = await client.store(prices).get(7, { at: new Date(0) })
  const current = await client.store(from(table('stock', { key: text, value: number }))).get('a')
  current?.value satisfies number | undefined
  void [sum, price]

  // @ts-expect-error the key is a text
  await client.store(sums).get(7)
  // @ts-expect-error the key is a number
  await client.store(prices).get('seven')
  // @ts-expect-error a table has no windows
  client.store(sums).fetch('a')
  // @ts-expect-error a window is not a row: there are several of a key
  await client.store(hours).get('a')
  // @ts-expect-error only a versioned table knows the past
  await client.store(sums).get('a', { at: new Date(0) })
  // @ts-expect-error bounds of a table are keys
  client.store(sums).range({ from: 1 })
  // @ts-expect-error bounds of windows are times
  client.store(hours).rows({ from: 'a' })
  // @ts-expect-error a stream without a fold keeps no rows
  client.store(items)
  // @ts-expect-error a name says nothing about types
  client.store('sums')
  // @ts-expect-error every worker has a whole copy of a global table: nobody is asked for it
  client.store(globalTable('all', { key: text, value: number }))
  // @ts-expect-error where to ask
  queryClient(built, {})
  const row = await client.store(sums).get('a')
  // @ts-expect-error there may be no row
  row.value
}
