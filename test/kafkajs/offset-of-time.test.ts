/** Where a time lies in a log that is written to meanwhile: what comes after the question is never passed over. */
import { afterEach, expect, test } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker } from '../../src/broker/index.ts'
import { kafkajs } from '../../src/kafka/kafkajs/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { batchOf, connected, until } from '../contracts/tools.ts'
import { gate } from '../must-fail/world.ts'

const place = { topic: 't', partition: 0 }

let broker: EmbeddedBroker
const clients: Kafka[] = []

afterEach(async () => {
  for (const each of clients.splice(0)) await each.close()
  await broker.close()
})

const adapters: readonly (readonly [name: string, client: () => Promise<Kafka>])[] = [
  ['native', () => connected(broker.addresses, { clientId: 'asks' })],
  ['kafkajs', async () => kafkajs({ brokers: [broker.addresses], clientId: 'asks' })],
]

test.each(adapters)('%s: a record that is written between two requests', async (_name, clientOf) => {
  broker = await startBroker()
  const writer = await connected(broker.addresses)
  await writer.topics.create([{ name: place.topic, partitions: 1 }])
  const kafka = await clientOf()
  clients.push(kafka, writer)
  await kafka.connect()
  const goesOn = gate()
  const held = broker.faults.interceptEach({ api: 'ListOffsets', clientId: 'asks', times: 2 }, [
    [],
    [faultActions.hold(goesOn.opened)],
  ])
  const asked = kafka.offsets([place], { time: 0 })
  await until('the second question stands', () => held.hits === 2)
  const producer = writer.producer()
  await producer.append(place, batchOf('written meanwhile'))
  await producer.close()
  goesOn.open()
  expect(await asked).toEqual([{ ...place, offset: 0 }])
})
