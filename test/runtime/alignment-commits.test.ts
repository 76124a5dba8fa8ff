/** Tasks elsewhere hear how far one is when it commits: with `maxDrift` it commits as often as they need that. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { from, text, topic, topology } from '../../src/index.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { runtimeTools } from '../contracts/runtime-tools.ts'

const noon = Date.UTC(2026, 0, 1, 12)
const hour = 3_600_000
const hours = 40
const open: Kafka[] = []
let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({})
})
afterAll(async () => {
  for (const kafka of open) await kafka.close()
  await broker.close()
})

async function client(): Promise<Kafka> {
  const kafka = connectKafka({ brokers: [broker.address] })
  open.push(kafka)
  await kafka.connect()
  return kafka
}

// Every second hour someone has to hear of the other: at a commit interval of 30 s that would be ten minutes.
test('two workers that commit seldom still get to the end of 40 hours, two at a time', async () => {
  const kafka = await client()
  const bench = runtimeTools({ brokers: () => broker.address, kafka: () => kafka, client })
  await bench.create(2, 'events', 'seen')
  const built = topology(
    'seldom',
    from(topic('events', { value: text }), { maxDrift: { hours: 2 } })
      .map((value) => value)
      .to(topic('seen', { value: text })),
  )
  for (const partition of [0, 1]) {
    const inputs = Array.from({ length: hours }, (_, at) => ({ value: `${at}`, time: noon + at * hour, partition }))
    await bench.produce('events', inputs)
  }
  const runs = ['left', 'right'].map((instance) => bench.run(built, { instance, commitInterval: { seconds: 30 } }))
  const summaries = await Promise.all(runs)
  expect(summaries.reduce((sum, { recordsIn }) => sum + recordsIn, 0)).toBe(2 * hours)
  expect(await bench.read('seen')).toHaveLength(2 * hours)
})
