/** Queues of dead letters on Apache Kafka 4.1: what is told by offsets and times, and what is read. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deadLetters } from '../../src/dead-letters/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { connected, letter, makeMarks, makeQueue, settle, write, writeEach } from '../dead-letters/world.ts'
import { lackingFor } from './lacking.ts'
import { sharedKafka } from './shared/shared-kafka.ts'

const lacking = lackingFor('dead letters on Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka', () => {
  let kafka: Kafka

  beforeAll(async () => {
    const { brokers } = await sharedKafka()
    kafka = await connected(brokers)
  })
  afterAll(async () => {
    await kafka.close()
  })

  test('topics are listed, and times of first and latest records told without reading', async () => {
    await makeQueue(kafka, 'timed.dlq.q', 2)
    await write(kafka, 'timed.dlq.q', 0, [letter(1, {}, 5_000), letter(2, {}, 9_000), letter(3, {}, 7_000)])
    expect(await kafka.topics.list?.()).toContainEqual({ name: 'timed.dlq.q', exists: true, partitions: 2 })
    const places = [0, 1].map((partition) => ({ topic: 'timed.dlq.q', partition }))
    expect(await kafka.times?.(places, 'first')).toEqual([5_000, null])
    expect(await kafka.times?.(places, 'latest')).toEqual([9_000, null])
  })

  test('a queue at a glance, its groups and its letters: aborted ones and ends of transactions are none', async () => {
    const queue = 'shop.dlq.orders'
    await makeQueue(kafka, queue)
    await makeMarks(kafka, 'shop')
    await writeEach(kafka, queue, [letter(0), letter(1)])
    await writeEach(kafka, queue, [letter(2)], 'abort')
    await writeEach(kafka, queue, [letter(3, { node: 'tax', fingerprint: 'bbbbbbbbbbbb' })])
    await settle(kafka, queue, 0, 0, 'redriven')
    const letters = deadLetters(kafka, 'shop')
    const [summary] = await letters.queues()
    expect(summary).toMatchObject({ letters: 3, exact: true, open: 2, resolved: 1, retention: 1_209_600_000 })
    expect(summary!.firstSeen).not.toBeNull()
    expect(summary!.lastSeen).toBeGreaterThanOrEqual(summary!.firstSeen!)
    const { groups } = await letters.groups({ queue: 'orders' })
    expect(groups.map(({ fingerprint, count }) => [fingerprint, count])).toEqual([
      ['aaaaaaaaaaaa', 1],
      ['bbbbbbbbbbbb', 1],
    ])
    const found: (string | null)[] = []
    for await (const { message } of letters.read({ queue: 'orders', all: true })) found.push(message)
    expect(found).toEqual(['no price for 0', 'no price for 1', 'no price for 3'])
  })
})
