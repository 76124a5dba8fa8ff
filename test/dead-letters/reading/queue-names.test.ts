/** Which queue a person means who types a name in the middle of the night. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alike } from '../../../src/alike.ts'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { findQueue } from '../../../src/dead-letters/queue-names.ts'
import { listQueues } from '../../../src/dead-letters/reading/queues.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { connected, letter, makeQueue, write } from '../world.ts'

let broker: EmbeddedBroker
let kafka: Kafka

beforeAll(async () => {
  broker = await startBroker()
  kafka = await connected(broker.address)
  // A queue is named after its source where nobody says otherwise: both names are there.
  await kafka.topics.create([{ name: 'orders', partitions: 1 }])
  for (const queue of ['shop.dlq.orders', 'shop.dlq.payments', 'bank.dlq.payments']) await makeQueue(kafka, queue)
  await write(kafka, 'orders', 0, [{ key: 'k', value: 'no letter', headers: [] }])
  await write(kafka, 'shop.dlq.orders', 0, [letter(1)])
})
afterAll(async () => {
  await kafka.close()
  await broker.close()
})

test('a queue goes before the source of the same name', async () => {
  expect(await findQueue(kafka, 'orders')).toMatchObject({ name: 'shop.dlq.orders' })
  expect(await listQueues(kafka, { topics: ['orders'] })).toMatchObject([{ queue: 'orders', app: null }])
})

test('a name of two queues is not guessed', async () => {
  await expect(findQueue(kafka, 'payments')).rejects.toMatchObject({
    code: 'MR4401',
    text: { why: 'there are bank.dlq.payments, shop.dlq.payments' },
  })
  expect(await findQueue(kafka, 'payments', 'bank')).toMatchObject({ name: 'bank.dlq.payments' })
})

test.each([
  ['ordres', 'shop.dlq.orders'],
  ['shop.dlq.ordrs', 'shop.dlq.orders'],
  ['shop.dql.orders', 'shop.dlq.orders'],
])('a slip of the pen is told: %s', async (given, meant) => {
  await expect(findQueue(kafka, given)).rejects.toMatchObject({
    code: 'MR4401',
    text: { fix: `Did you mean ${meant}?` },
  })
})

test('what is like nothing is not guessed', () => {
  expect(alike('orders', ['invoices', 'x'])).toBeNull()
  expect(alike('ordres', ['invoices', 'orders'])).toBe('orders')
  expect(alike('', ['a'])).toBeNull()
  expect(alike('x'.repeat(100_000), ['x'.repeat(249)])).toBeNull()
})
