/** Nodes die, stand still, and lose leaderships while transactions run: whole histories in virtual time, from a seed each. */
import { expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker, VirtualClock } from '../../src/broker/index.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { Transactions } from '../../src/kafka/port.ts'
import { type Random, randomInteger, seededRandom } from '../../src/random.ts'
import { batchOf, valuesOf } from '../contracts/tools.ts'

const rounds = 15
const places = [0, 1].map((partition) => ({ topic: 't', partition }))

interface Weather {
  readonly broker: EmbeddedBroker
  readonly clock: VirtualClock
  readonly random: Random
}

const isDead = ({ broker }: Weather, id: number): boolean => broker.nodes[id - 1]!.state === 'killed'

/** Each may happen to a node between two transactions; true when it did. One node at most is dead at a time. */
const blows: readonly ((weather: Weather, node: number) => boolean | Promise<boolean>)[] = [
  async ({ broker }, node) => {
    if (broker.nodes.some(({ state }) => state !== 'running')) return false
    await broker.killNode(node)
    return true
  },
  async ({ broker }, node) => {
    await broker.startNode(broker.nodes.find(({ state }) => state === 'killed')?.id ?? node)
    return true
  },
  (weather, node) => {
    if (isDead(weather, node)) return false
    weather.broker.movePartition(places[randomInteger(weather.random, 0, 1)]!, node)
    return true
  },
  (weather, node) => {
    if (isDead(weather, node)) return false
    const milliseconds = randomInteger(weather.random, 0, 100)
    weather.broker.moveCoordinator({ transactionalId: 'x' }, node, { milliseconds })
    return true
  },
  (weather, node) => {
    const { broker, clock, random } = weather
    if (broker.nodes.some(({ state }) => state !== 'running')) return false
    broker.pauseNode(node)
    clock.after(randomInteger(random, 0, 2_000), () => broker.resumeNode(node))
    return true
  },
]

/** One record to each partition, in one transaction. */
async function commit(transactions: Transactions, value: string, clock: VirtualClock): Promise<void> {
  for (const place of places) void transactions.append(place, batchOf(value)).catch(() => {})
  await clock.until(transactions.commit())
}

test.each(Array.from({ length: 20 }, (_, index) => index + 1))('seed %i', async (seed) => {
  const clock = new VirtualClock()
  const random = seededRandom(seed * 77)
  const broker = await startBroker({ nodes: 3, inProcess: true, clock, random: seededRandom(seed), requestLog: 10_000 })
  const kafka = connectKafka(
    { brokers: broker.addresses.split(','), socketFactory: broker.socketFactory },
    { clock, random: seededRandom(seed + 1_000) },
  )
  await clock.until(kafka.connect())
  await clock.until(kafka.topics.create([{ name: 't', partitions: 2 }]))
  const transactions = kafka.transactions('x', { timeout: { seconds: 20 } })
  await clock.until(transactions.init())
  const expected: string[] = []
  let struck = 0
  for (let round = 0; round < rounds; round++) {
    const blow = blows[randomInteger(random, 0, blows.length + 1)]
    if (await clock.until(Promise.resolve(blow?.({ broker, clock, random }, randomInteger(random, 1, 3))))) struck++
    await commit(transactions, String(round), clock)
    expected.push(String(round))
  }
  for (const { id } of broker.nodes) await clock.until(broker.startNode(id))
  await clock.advance({ seconds: 60 })
  const read: (string | null)[][] = []
  for (const place of places) read.push(await clock.until(valuesOf(kafka, place)))
  await clock.until(transactions.close())
  await clock.until(kafka.close())
  await broker.close()
  expect(read).toEqual([expected, expected])
  expect(struck).toBeGreaterThan(2)
})
