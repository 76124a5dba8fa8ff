import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts'
import { deadLetters, type QueuesOptions } from '../../../src/dead-letters/index.ts'
import { queueOf } from '../../../src/dead-letters/queue-names.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { connected, letter, makeMarks, makeQueue, settle, write, writeEach } from '../world.ts'

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

test('names of queues', () => {
  expect(queueOf('shop.dlq.orders')).toEqual({ app: 'shop', name: 'orders' })
  expect(queueOf('my.shop.dlq.orders.v2')).toEqual({ app: 'my.shop', name: 'orders.v2' })
  expect(['shop.dlq-marks', 'shop.dlq.', '.dlq.orders', 'orders'].map(queueOf)).toEqual([null, null, null, null])
})

test('topics are listed, with partitions', async () => {
  await makeQueue(kafka, 'listed.dlq.q', 3)
  expect(await kafka.topics.list?.()).toContainEqual({ name: 'listed.dlq.q', exists: true, partitions: 3 })
})

test('times of first and latest records are told without reading', async () => {
  await makeQueue(kafka, 'timed.dlq.q', 2)
  await write(kafka, 'timed.dlq.q', 0, [letter(1, {}, 5_000), letter(2, {}, 9_000), letter(3, {}, 7_000)])
  const places = [0, 1].map((partition) => ({ topic: 'timed.dlq.q', partition }))
  expect(await kafka.times?.(places, 'first')).toEqual([5_000, null])
  expect(await kafka.times?.(places, 'latest')).toEqual([9_000, null])
})

test('a queue at a glance: open, parked and resolved, first and last, age against retention', async () => {
  await makeQueue(kafka, 'shop.dlq.orders', 2)
  await makeQueue(kafka, 'shop.dlq.empty')
  await makeMarks(kafka, 'shop')
  const now = Date.now()
  const times = [now - 7_200_000, now - 60_000, now - 30_000]
  await write(kafka, 'shop.dlq.orders', 0, [
    letter(0, {}, times[0]),
    letter(1, {}, times[1]),
    letter(2, { 'parked.behind': 'in/0/1' }, times[2]),
  ])
  await write(kafka, 'shop.dlq.orders', 1, [letter(3, {}, now - 90_000)])
  await settle(kafka, 'shop.dlq.orders', 0, 0, 'redriven')
  const [empty, orders] = await deadLetters(kafka, 'shop').queues({})
  expect(orders).toMatchObject({
    queue: 'shop.dlq.orders',
    app: 'shop',
    name: 'orders',
    partitions: 2,
    letters: 4,
    exact: true,
    open: 3,
    parked: 1,
    resolved: 1,
    firstSeen: times[0],
    lastSeen: times[2],
    retention: 1_209_600_000,
    lastHour: 3,
    isOver: null,
  })
  expect(orders!.oldestAge).toBeGreaterThanOrEqual(7_200_000)
  expect(empty).toMatchObject({ letters: 0, exact: true, open: 0, firstSeen: null, oldestAge: null })
})

test('ends of transactions and aborted letters are not counted where letters are read', async () => {
  await makeQueue(kafka, 'ended.dlq.q')
  await writeEach(kafka, 'ended.dlq.q', [letter(0), letter(1), letter(2)])
  await writeEach(kafka, 'ended.dlq.q', [letter(3)], 'abort')
  const [queue] = await deadLetters(kafka, 'ended').queues()
  expect(queue).toMatchObject({ letters: 3, open: 3, exact: true })
})

test('of a large queue the number is an upper bound, unless it is asked for exactly', async () => {
  await makeQueue(kafka, 'large.dlq.q')
  await write(
    kafka,
    'large.dlq.q',
    0,
    Array.from({ length: 30 }, (_, number) => letter(number)),
  )
  await writeEach(kafka, 'large.dlq.q', [letter(0)])
  const queue = async (options: QueuesOptions) =>
    (await deadLetters(kafka, 'large').queues({ readAtMost: 10, ...options }))[0]
  expect(await queue({})).toMatchObject({ letters: 32, open: 32, exact: false, parked: null })
  expect(await queue({ exact: true })).toMatchObject({ letters: 31, open: 31, exact: true, parked: 0 })
  expect(await queue({ readAtMost: 32 })).toMatchObject({ letters: 31, exact: true })
  expect(await queue({ moreThan: 30 })).toMatchObject({ isOver: true })
  expect(await queue({ moreThan: 31 })).toMatchObject({ isOver: false })
})

test('without an app all queues are found, and foreign ones by the name of their topic', async () => {
  await makeQueue(kafka, 'elsewhere.dlq.q')
  await makeQueue(kafka, 'orders.DLT')
  const all = await deadLetters(kafka, null).queues()
  expect(all.map(({ queue }) => queue)).toContain('elsewhere.dlq.q')
  expect(all.map(({ queue }) => queue)).not.toContain('orders.DLT')
  const [foreign, ...others] = await deadLetters(kafka, null).queues({ topics: ['orders.DLT'] })
  expect(foreign).toMatchObject({ queue: 'orders.DLT', app: null, resolved: 0 })
  expect(others).toEqual([])
})

test('a queue is named in full, or by what its author called it', async () => {
  await makeQueue(kafka, 'one.dlq.shared')
  await makeQueue(kafka, 'two.dlq.shared')
  await makeQueue(kafka, 'one.dlq.single')
  await write(kafka, 'one.dlq.shared', 0, [letter(0)])
  const count = async (app: string | null, queue: string) => (await deadLetters(kafka, app).groups({ queue })).letters
  expect(await count(null, 'one.dlq.shared')).toBe(1)
  expect(await count('one', 'shared')).toBe(1)
  expect(await count('two', 'shared')).toBe(0)
  expect(await count(null, 'single')).toBe(0)
  await expect(count(null, 'shared')).rejects.toThrowError('Several queues are named shared')
  await expect(count(null, 'nothing')).rejects.toThrowError('There is no queue of dead letters nothing')
})
