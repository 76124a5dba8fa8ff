/** A worker whose every connection must authenticate anew each second or so: it notices nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { from, run, text, topic, topology } from '../../src/index.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { batchOf, until, valuesOf } from '../contracts/tools.ts'

const user = { username: 'ann', password: 'secret' } as const
const open: Kafka[] = []
let broker: EmbeddedBroker

beforeAll(async () => {
  const sasl = { scram: { users: { [user.username]: user.password } } }
  broker = await startBroker({ sasl, reauthentication: { milliseconds: 2_200 } })
})
afterAll(async () => {
  for (const kafka of open) await kafka.close()
  await broker.close()
})

async function client(): Promise<Kafka> {
  const kafka = connectKafka({ brokers: [broker.address], sasl: { mechanism: 'scram-sha-256', ...user } })
  open.push(kafka)
  await kafka.connect()
  return kafka
}

function lost(kafka: Kafka): number[] {
  return ['Produce', 'Fetch', 'Heartbeat', 'SaslAuthenticate'].map((name) => kafka.metrics().get(name)?.lost ?? 0)
}

test('exactly once through many renewals', async () => {
  const [kafka, tester] = [await client(), await client()]
  await tester.topics.create(['in', 'out'].map((name) => ({ name, partitions: 1 })))
  const copy = topology('copy', from(topic('in', { value: text })).to(topic('out', { value: text })))
  const stop = new AbortController()
  const running = run(copy, { kafka, signal: stop.signal })
  const count = (name: string): number => kafka.metrics().get(name)?.requests ?? 0
  const producer = tester.producer()
  const sent: string[] = []
  const isRenewedOften = async (): Promise<boolean> => {
    sent.push(String(sent.length))
    await producer.append({ topic: 'in', partition: 0 }, batchOf(sent.at(-1)!))
    return count('SaslHandshake') - count('ApiVersions') >= 8
  }
  const out = { topic: 'out', partition: 0 }
  await until('the worker works', async () => (await isRenewedOften()) || (await valuesOf(tester, out)).length > 0)
  // Whoever has read a topic to its end stops waiting for more: that answer is lost on purpose.
  const lostBefore = lost(kafka)
  await until('eight renewals', isRenewedOften)
  await until('all is copied', async () => (await valuesOf(tester, out)).length >= sent.length)
  expect(lost(kafka)).toEqual(lostBefore)
  stop.abort()
  expect(await running).toMatchObject({ recordsIn: sent.length, recordsOut: sent.length, aborts: 0 })
  expect(await valuesOf(tester, out)).toEqual(sent)
})
