/** When the nodes one knows do not answer, others are asked. */
import { afterEach, expect, it } from 'vitest'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { ListOffsets } from '../../src/wire/apis/02-list-offsets.ts'
import { CreatePartitions } from '../../src/wire/apis/37-create-partitions.ts'
import { type FakeCluster, fakeCluster, topic } from './fake-cluster.ts'

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

function tellsOffset(fake: FakeCluster, offset: number): void {
  fake.answer(ListOffsets, () => {
    const partitions = [{ partitionIndex: 0, errorCode: 0, timestamp: -1, offset }]
    return { throttleTimeMs: 0, topics: [{ name: topic, partitions }] }
  })
}

it('a cluster that has moved is found by the addresses of the configuration again (KIP-899)', async () => {
  const before = await fakeCluster(2, [{ leader: 1, epoch: 5 }])
  const after = await fakeCluster(1, [{ leader: 1, epoch: 6 }])
  tellsOffset(before, 1)
  tellsOffset(after, 2)
  let brokers = before.brokers
  const kafka = connectKafka({ brokers: () => [...brokers] })
  await kafka.connect()
  open.push(kafka, after)
  const end = async () => (await kafka.offsets([{ topic, partition: 0 }], 'end'))[0]?.offset
  expect(await end()).toBe(1)
  brokers = after.brokers
  await before.close()
  expect(await end()).toBe(2)
})

it('when the controller is gone the next best node is asked', async () => {
  const fake = await fakeCluster(2, [{ leader: 1, epoch: 5 }])
  const kafka = connectKafka({ brokers: [...fake.brokers] })
  await kafka.connect()
  open.push(kafka, fake)
  fake.answer(CreatePartitions, (_, node) => {
    return node === 1 ? 'cut' : { throttleTimeMs: 0, results: [{ name: topic, errorCode: 0, errorMessage: null }] }
  })
  // The metadata goes on naming node 1.
  for (const times of [1, 2]) {
    await kafka.admin.createPartitions(topic, 1)
    expect(fake.count(CreatePartitions, 2)).toBe(times)
  }
})
