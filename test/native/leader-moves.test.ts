/** A partition gets another leader: hints are followed at once (KIP-951), epochs only rise, lost records are told (KIP-320). */
import { afterEach, describe, expect, it } from 'vitest'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { Produce } from '../../src/wire/apis/00-produce.ts'
import { Fetch } from '../../src/wire/apis/01-fetch.ts'
import { ListOffsets } from '../../src/wire/apis/02-list-offsets.ts'
import { Metadata } from '../../src/wire/apis/03-metadata.ts'
import { InitProducerId } from '../../src/wire/apis/22-init-producer-id.ts'
import { OffsetForLeaderEpoch } from '../../src/wire/apis/23-offset-for-leader-epoch.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { batchOf, errorOf, readUpTo } from '../contracts/tools.ts'
import { batchAt, fetched, type PartitionAnswer } from './fake-answers.ts'
import { type FakeCluster, fakeCluster, topic } from './fake-cluster.ts'

const place = { topic, partition: 0 }
const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function begin(): Promise<{ readonly fake: FakeCluster; readonly kafka: Kafka }> {
  const fake = await fakeCluster(2, [{ leader: 1, epoch: 5 }])
  const kafka = connectKafka({ brokers: fake.brokers })
  await kafka.connect()
  open.push(kafka, fake)
  return { fake, kafka }
}

const moved = { errorCode: errorCode.NOT_LEADER_OR_FOLLOWER, currentLeader: { leaderId: 2, leaderEpoch: 6 } }

describe('a producer whose leader moves', () => {
  it('follows the hint without asking for metadata, and keeps order', async () => {
    const { fake, kafka } = await begin()
    const written: number[] = []
    fake.answer(InitProducerId, () => ({ throttleTimeMs: 0, errorCode: 0, producerId: 7, producerEpoch: 0 }))
    fake.answer(Produce, ({ topicData }, node) => {
      const sequence = topicData[0]!.partitionData[0]!.records!.readInt32BE(53)
      const isMoved = node === 1 && sequence > 0
      if (!isMoved) written.push(sequence)
      const answered = { index: 0, errorCode: 0, baseOffset: sequence, logAppendTimeMs: -1 }
      const partitionResponses = [isMoved ? { ...answered, ...moved } : answered]
      return { throttleTimeMs: 0, responses: [{ name: topic, partitionResponses }] }
    })
    const producer = kafka.producer()
    await producer.append(place, batchOf('0'))
    const before = fake.count(Metadata)
    await Promise.all(Array.from({ length: 12 }, (_, n) => producer.append(place, batchOf(`${n}`))))
    expect(fake.count(Metadata)).toBe(before)
    expect(written).toEqual(Array.from({ length: 13 }, (_, n) => n))
    expect(fake.count(Produce, 2)).toBe(12)
    await producer.close()
  })
})

/** Node 1 has ten records of epoch 5 and then hands over to node 2, whose log goes on in epoch 6. */
async function handOver(
  checks: { readonly leaderEpoch: number; readonly endOffset: number; readonly code?: number }[],
) {
  const { fake, kafka } = await begin()
  fake.answer(Fetch, (body, node) =>
    fetched(body, ({ fetchOffset, currentLeaderEpoch }): PartitionAnswer => {
      if (node === 1) return fetchOffset === 0 ? { records: batchAt(0, 10, 5) } : moved
      if (currentLeaderEpoch !== 6) return { errorCode: errorCode.FENCED_LEADER_EPOCH }
      return fetchOffset === 10 ? { records: batchAt(10, 5, 6) } : {}
    }),
  )
  fake.answer(OffsetForLeaderEpoch, () => {
    const { leaderEpoch, endOffset, code = 0 } = checks.length > 1 ? checks.shift()! : checks[0]!
    const partitions = [{ partition: 0, errorCode: code, leaderEpoch, endOffset }]
    return { throttleTimeMs: 0, topics: [{ topic, partitions }] }
  })
  const fetcher = kafka.fetcher({ isolation: 'read_uncommitted' })
  open.unshift(fetcher)
  fetcher.seek(place, 0)
  await readUpTo(fetcher, [{ ...place, offset: 10 }])
  return { fake, fetcher }
}

describe('a fetcher whose leader moves', () => {
  it('checks its position with the new leader and goes on, without asking for metadata', async () => {
    const { fake, fetcher } = await handOver([{ leaderEpoch: 5, endOffset: 10 }])
    const before = fake.count(Metadata)
    const parts = await readUpTo(fetcher, [{ ...place, offset: 15 }])
    expect(parts.flatMap(({ batches }) => batches).map(({ baseOffset }) => baseOffset)).toEqual([10])
    expect(fake.count(Metadata)).toBe(before)
    const [check] = fake.bodies(OffsetForLeaderEpoch, 2)
    expect(check!.topics[0]!.partitions).toEqual([{ partition: 0, currentLeaderEpoch: 6, leaderEpoch: 5 }])
    expect(fake.count(OffsetForLeaderEpoch)).toBe(1)
  })

  it.each([
    ['ends before what was read', { leaderEpoch: 5, endOffset: 7 }],
    ['never had the epoch of the last batch', { leaderEpoch: 4, endOffset: 12 }],
    ['knows nothing that old', { leaderEpoch: -1, endOffset: -1 }],
  ])('tells of lost records when its log %s, and reads nothing on', async (_, check) => {
    const { fake, fetcher } = await handOver([check])
    const error = await errorOf(readUpTo(fetcher, [{ ...place, offset: 15 }]))
    expect([error?.fault, error?.reason, error?.partition]).toEqual(['out-of-range', 'LOG_TRUNCATION', place])
    expect(error?.message).toContain('orders-0')
    expect(fake.count(Fetch, 2)).toBe(0)
    fetcher.seek(place, 10)
    expect((await readUpTo(fetcher, [{ ...place, offset: 15 }])).length).toBe(1)
  })

  it('asks again while the new leader does not know its epoch yet', async () => {
    const unknown = { leaderEpoch: -1, endOffset: -1, code: errorCode.UNKNOWN_LEADER_EPOCH }
    const { fake, fetcher } = await handOver([unknown, unknown, { leaderEpoch: 5, endOffset: 10 }])
    fake.leaders[0] = { leader: 2, epoch: 6 }
    expect((await readUpTo(fetcher, [{ ...place, offset: 15 }])).length).toBe(1)
    expect(fake.count(OffsetForLeaderEpoch)).toBe(3)
  })
})

describe('a question for offsets', () => {
  it('names the leader epoch, and is asked again when that was replaced', async () => {
    const { fake, kafka } = await begin()
    fake.answer(ListOffsets, ({ topics }) => {
      const isOld = topics[0]!.partitions[0]!.currentLeaderEpoch < 6
      fake.leaders[0] = { leader: 1, epoch: 6 }
      const code = isOld ? errorCode.FENCED_LEADER_EPOCH : 0
      const partitions = [{ partitionIndex: 0, errorCode: code, timestamp: -1, offset: 42 }]
      return { throttleTimeMs: 0, topics: [{ name: topic, partitions }] }
    })
    expect(await kafka.offsets([place], 'end')).toEqual([{ ...place, offset: 42 }])
    const epochs = fake.bodies(ListOffsets).map(({ topics }) => topics[0]!.partitions[0]!.currentLeaderEpoch)
    expect(epochs).toEqual([5, 6])
  })
})
