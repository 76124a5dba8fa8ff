/** A producer that is faster than Kafka waits for room. */
import { afterEach, expect, it } from 'vitest'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { Produce } from '../../src/wire/apis/00-produce.ts'
import { InitProducerId } from '../../src/wire/apis/22-init-producer-id.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { batchOf, faultOf } from '../contracts/tools.ts'
import { fakeCluster, topic } from './fake-cluster.ts'

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function begin(code: number) {
  const fake = await fakeCluster(1, [{ leader: 1, epoch: 0 }])
  const gate = Promise.withResolvers<void>()
  fake.answer(InitProducerId, () => ({ throttleTimeMs: 0, errorCode: 0, producerId: 7, producerEpoch: 0 }))
  fake.answer(Produce, async () => {
    await gate.promise
    const partitionResponses = [{ index: 0, errorCode: code, baseOffset: 0, logAppendTimeMs: -1 }]
    return { throttleTimeMs: 0, responses: [{ name: topic, partitionResponses }] }
  })
  const kafka = connectKafka({ brokers: fake.brokers })
  await kafka.connect()
  open.push(kafka, fake)
  return { kafka, gate }
}

it.each([
  ['acknowledged', 0],
  ['refused', errorCode.MESSAGE_TOO_LARGE],
])('there is room again once enough was %s', async (_, code) => {
  const { kafka, gate } = await begin(code)
  const place = { topic, partition: 0 }
  const producer = kafka.producer({ maxBufferedBytes: 10_000 })
  await producer.room()
  const appended = Array.from({ length: 5 }, () => faultOf(producer.append(place, batchOf('x'.repeat(2_500)))))
  let hasRoom = false
  const room = producer.room().then(() => {
    hasRoom = true
  })
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(hasRoom).toBe(false)
  gate.resolve()
  await room
  await Promise.all(appended)
  await producer.room()
  await producer.close()
})

it('closes when everything is acknowledged, also what came before its producer id', async () => {
  const { kafka, gate } = await begin(0)
  const producer = kafka.producer()
  const appended = faultOf(producer.append({ topic, partition: 0 }, batchOf('early')))
  let isClosed = false
  const closing = producer.close().then(() => {
    isClosed = true
  })
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(isClosed).toBe(false)
  gate.resolve()
  await closing
  expect(await appended).toBe('none')
})
