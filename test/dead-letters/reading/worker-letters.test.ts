/** What a worker writes is what the library reads. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { deadLetters } from '../../../src/dead-letters/index.ts'
import { deadLetter, from, json, run, text, topic, topology } from '../../../src/index.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { connected, write } from '../world.ts'

let broker: EmbeddedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startBroker()
  kafka = await connected(broker.address)
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
})

const orders = topic('orders', { key: text, value: json<{ total: number }>() })
const shop = topology(
  'shop',
  from(orders, { onFailure: [deadLetter('orders')] })
    .map(({ total }) => {
      if (total < 0) throw new RangeError(`a total of ${total}`)
      return { total }
    })
    .to(topic('priced', { key: text, value: json() })),
)

test('poison of a run: one letter each, grouped by what went wrong, with bytes and place', async () => {
  await kafka.topics.create(['orders', 'priced'].map((name) => ({ name, partitions: 1 })))
  const values = ['{"total":1}', '{"total":-1}', 'no JSON', '{"total":-2}', '{"total":2}']
  await write(
    kafka,
    'orders',
    0,
    values.map((value, number) => ({ key: `k${number}`, value, headers: [] })),
  )
  await run(shop, { brokers: broker.address, until: 'end' })
  const letters = deadLetters(kafka, 'shop', { topology: shop })
  const [queue] = await letters.queues()
  expect(queue).toMatchObject({ queue: 'shop.dlq.orders', letters: 3, exact: true, open: 3, resolved: 0 })
  const { groups } = await letters.groups({ queue: 'orders' })
  expect(groups.map(({ count, stage, error }) => [count, stage, error])).toEqual([
    [2, 'process', 'RangeError'],
    [1, 'deserialize', expect.any(String)],
  ])
  const found = []
  for await (const letter of letters.read({ queue: 'orders', filter: { expression: 'value.total == -2' } }))
    found.push({ ...letter, ...(await letters.decode(letter)) })
  expect(found).toMatchObject([
    {
      family: 'millrace',
      app: 'shop',
      source: { topic: 'orders', partition: 0, offset: 3 },
      message: 'a total of -2',
      key: { as: 'serde', value: 'k3' },
      value: { as: 'serde', value: { total: -2 } },
    },
  ])
})
