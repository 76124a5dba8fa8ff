import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectTool, type Kafka } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { run, subscribe } from '../../src/index.ts'
import { fill, type Row } from '../stage/fill.ts'
import { readJson } from '../stage/read.ts'
import { type Health, type RiskServer, startRiskServer } from './server.ts'
import type { Order, ScoredOrder } from './topology.ts'

const ordersPerCase = 300

let broker: EmbeddedBroker
let kafka: Kafka
let server: RiskServer
let written = 0

beforeAll(async () => {
  broker = await startBroker({ port: 0 })
  kafka = await connectTool(broker.address, 'enrichment')
  server = await startRiskServer()
  process.env.RISK_SERVER = server.address
  await kafka.topics.create(['orders', 'scored-orders'].map((name) => ({ name, partitions: 2 })))
})

afterAll(async () => {
  await kafka.close()
  await server.stop()
  await broker.close()
})

/** Writes more orders and scores them all, whatever the server does meanwhile. */
async function score(orders: readonly Order[]): Promise<void> {
  const { scoreOrders } = await import('./topology.ts')
  await fill(
    kafka,
    'orders',
    orders.map(({ id, cents }): Row => ({ key: String(id), value: { id, cents }, time: id })),
  )
  await run(scoreOrders, { brokers: broker.address, until: 'end' })
}

function nextOrders(count: number): Order[] {
  return Array.from({ length: count }, () => ({ id: written++, cents: written }))
}

async function deadLetters(): Promise<number> {
  let count = 0
  for await (const _ of committedRecords(kafka, 'score-orders.dlq.unscored')) count++
  return count
}

/** The server recovers once the breaker has opened for the second time: a probe has found it sick. */
function recoverAfterTwoOpenings(): () => void {
  let openings = 0
  return subscribe('breaker.changed', ({ to }) => {
    if (to === 'open' && ++openings === 2) server.health = 'well'
  })
}

test.each<Health>(['down', 'slow', 'one in a hundred fails', 'flapping'])(
  'every order is scored once with a server that is: %s',
  async (health) => {
    const before = await deadLetters().catch(() => 0)
    const orders = nextOrders(ordersPerCase)
    server.health = health
    const stop = health === 'down' || health === 'slow' ? recoverAfterTwoOpenings() : () => undefined
    await score(orders)
    stop()
    server.health = 'well'
    const scored = (await readJson<ScoredOrder>(kafka, 'scored-orders')).filter(({ id }) => id >= orders[0]!.id)
    expect(scored.map(({ id }) => id).sort((one, other) => one - other)).toEqual(orders.map(({ id }) => id))
    expect(scored.every(({ cents, risk }) => risk === cents % 10)).toBe(true)
    expect(await deadLetters()).toBe(before)
  },
  120_000,
)

test('what the server refuses is a dead letter at once, and counts for no breaker', async () => {
  const before = await deadLetters()
  const asked = server.asked
  const refused = nextOrders(10).map(({ id }) => ({ id, cents: -1 }))
  await score(refused)
  expect(await deadLetters()).toBe(before + 10)
  expect(server.asked).toBe(asked + 10)
}, 120_000)
