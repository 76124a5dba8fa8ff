import type { Socket } from 'node:net'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, describe, expect, test } from 'vitest'
import { type BrokerOptions, type EmbeddedBroker, startBroker, VirtualClock } from '../../src/broker/index.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { seededRandom } from '../../src/random.ts'
import { ApiVersions } from '../../src/wire/apis/index.ts'
import { batchOf, valuesOf } from '../contracts/tools.ts'
import { WireClient } from './wire-client.ts'
import { createTopic, fetchFrom, partitionsOf, write } from './wire-tools.ts'

let broker: EmbeddedBroker

async function start(seed: number, options: BrokerOptions = {}): Promise<VirtualClock> {
  const clock = new VirtualClock()
  broker = await startBroker({ nodes: 2, inProcess: true, clock, random: seededRandom(seed), ...options })
  return clock
}

function dial(node: number, onConnect = () => {}): Socket {
  const { host, port } = broker.nodes[node - 1]!.address
  return broker.socketFactory({ host, port, onConnect })
}

afterEach(async () => {
  await broker.close()
})

/** What a run sees: every answer, and when it came. */
async function run(seed: number): Promise<unknown[]> {
  const clock = await start(seed)
  const client = new WireClient(dial(1))
  await clock.until(createTopic(client, 't', { on: [[1, 2]] }))
  const seen: unknown[] = []
  for (let time = 0; time < 20; time++) seen.push(await clock.until(write(client, 't', ['a'])), clock.now())
  client.close()
  await broker.close()
  return seen
}

describe('a broker inside the process', () => {
  test('repeats itself from its seed, and differs with another', async () => {
    const [first, again, other] = [await run(1), await run(1), await run(2)]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(first.filter((each) => typeof each === 'string')).toHaveLength(20)
  })

  test('uses no port, socket or timer of the operating system', async () => {
    const before = process.getActiveResourcesInfo()
    const clock = await start(3)
    const client = new WireClient(dial(1))
    await clock.until(createTopic(client, 't', { on: [[1, 2]] }))
    const poll = clock.until(fetchFrom(client, 't', { maxWaitMs: 30_000 }))
    const during = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate')
    const began = clock.now()
    await poll
    expect(during).toEqual(before.filter((name) => name !== 'Immediate'))
    expect(clock.now() - began).toBeGreaterThanOrEqual(30_000)
    client.close()
  })

  test('refuses where nobody listens, resets what is killed, and is there again', async () => {
    const clock = await start(4)
    const client = new WireClient(dial(1))
    await clock.until(createTopic(client, 't', { on: [[2, 1]] }))
    const lost = dial(2)
    const reset = new Promise<NodeJS.ErrnoException>((resolve) => lost.on('error', resolve))
    await clock.advance({ milliseconds: 10 })
    await clock.until(broker.killNode(2))
    expect((await clock.until(reset)).code).toBe('ECONNRESET')
    const refused = new Promise<NodeJS.ErrnoException>((resolve) => dial(2).on('error', resolve))
    expect((await clock.until(refused)).code).toBe('ECONNREFUSED')
    expect(await clock.until(partitionsOf(client, 't'))).toMatchObject([{ leaderId: 1, leaderEpoch: 1 }])
    await clock.until(broker.startNode(2))
    const again = new WireClient(dial(2))
    expect((await clock.until(again.send(ApiVersions, 0, {}))).errorCode).toBe(0)
    for (const each of [client, again]) each.close()
  })

  test('tells a client that its connection ended', async () => {
    const clock = await start(5)
    const client = new WireClient(dial(1))
    await clock.until(client.send(ApiVersions, 0, {}))
    client.raw(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    await clock.until(client.closed)
  })

  test('serves kafkajs over its socketFactory', async () => {
    broker = await startBroker({ nodes: 2, inProcess: true })
    const { socketFactory } = broker
    const kafka = new Kafka({ brokers: [broker.address], socketFactory, logLevel: logLevel.NOTHING })
    const admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 't', numPartitions: 4 }] })
    const producer = kafka.producer({ idempotent: true, transactionalId: 'x', maxInFlightRequests: 1 })
    await producer.connect()
    const transaction = await producer.transaction()
    const messages = Array.from({ length: 100 }, (_, index) => ({ key: String(index), value: 'v' }))
    await transaction.send({ topic: 't', messages })
    await transaction.commit()
    const offsets = await admin.fetchTopicOffsets('t')
    await Promise.all([producer.disconnect(), admin.disconnect()])
    // A marker and the records in each partition.
    expect(offsets.reduce((sum, { high }) => sum + Number(high), 0)).toBe(104)
  })
})

describe('our own client inside the process', () => {
  /** Transactions over three nodes of which one dies. What the broker saw, when, and what there is in the end. */
  async function history(seed: number): Promise<readonly [unknown[], (string | null)[]]> {
    const clock = await start(seed, { nodes: 3, requestLog: 10_000 })
    const kafka = connectKafka(
      { brokers: broker.addresses.split(','), socketFactory: broker.socketFactory },
      { clock, random: seededRandom(seed + 1) },
    )
    await clock.until(kafka.connect())
    await clock.until(kafka.topics.create([{ name: 't', partitions: 1 }]))
    const place = { topic: 't', partition: 0 }
    const transactions = kafka.transactions('x', { timeout: { seconds: 20 } })
    await clock.until(transactions.init())
    for (let round = 0; round < 12; round++) {
      void transactions.append(place, batchOf(String(round)))
      if (round === 4) await clock.until(broker.killNode(1 + (seed % 3)))
      if (round === 8) await clock.until(broker.startNode(1 + (seed % 3)))
      await clock.until(round % 3 === 2 ? transactions.abort() : transactions.commit())
    }
    await clock.advance({ seconds: 1 })
    const values = await clock.until(valuesOf(kafka, place))
    await clock.until(transactions.close())
    await clock.until(kafka.close())
    await broker.close()
    return [broker.requests(), values]
  }

  test.each([1, 2, 3])('commits what it should, and repeats itself from its seed: %i', async (seed) => {
    const [requests, values] = await history(seed)
    expect(values).toEqual(['0', '1', '3', '4', '6', '7', '9', '10'])
    const [again] = await history(seed)
    expect(again).toEqual(requests)
    expect(requests.length).toBeGreaterThan(30)
  })
})
