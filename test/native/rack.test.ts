/** Reading from a replica nearby (KIP-392): the leader sends us there, and takes us back when the replica fails. */
import { afterEach, describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../src/clock.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { Fetch } from '../../src/wire/apis/01-fetch.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { readUpTo, until } from '../contracts/tools.ts'
import { batchAt, fetched, type PartitionAnswer } from './fake-answers.ts'
import { type FakeCluster, fakeCluster, topic } from './fake-cluster.ts'

const place = { topic, partition: 0 }
const leader = 1
const replica = 2
const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

/** The leader answers 'b' with the replica; whoever serves gives one batch for each position below `end`. */
async function begin(answers: { refuses?: PartitionAnswer; end: number; rack?: string; clock?: Clock }) {
  const fake = await fakeCluster(2, [{ leader, epoch: 5 }])
  fake.answer(Fetch, (body, node) =>
    fetched(body, ({ fetchOffset }): PartitionAnswer => {
      if (node === leader && body.rackId === 'b') return { preferredReadReplica: replica }
      if (node === replica && answers.refuses !== undefined) return answers.refuses
      return fetchOffset < answers.end ? { records: batchAt(fetchOffset, 1, 5) } : {}
    }),
  )
  const { rack = 'b', clock = systemClock } = answers
  const kafka = connectKafka({ brokers: fake.brokers, ...(rack === '' ? {} : { rack }) }, { clock })
  await kafka.connect()
  const fetcher = kafka.fetcher({ isolation: 'read_uncommitted' })
  open.push(fetcher, kafka, fake)
  fetcher.seek(place, 0)
  return { fake, fetcher }
}

const racks = (fake: FakeCluster, node: number) => [...new Set(fake.bodies(Fetch, node).map(({ rackId }) => rackId))]

describe('a client with a rack', () => {
  it('reads from the replica that the leader names', async () => {
    const { fake, fetcher } = await begin({ end: 5 })
    await readUpTo(fetcher, [{ ...place, offset: 5 }])
    expect(fake.count(Fetch, leader)).toBe(1)
    expect(fake.count(Fetch, replica)).toBeGreaterThanOrEqual(5)
  })

  it.each([
    ['does not have the offset', { errorCode: errorCode.OFFSET_OUT_OF_RANGE }],
    ['is no replica any more', { errorCode: errorCode.NOT_LEADER_OR_FOLLOWER }],
    ['is behind', { errorCode: errorCode.OFFSET_NOT_AVAILABLE }],
  ])('reads from the leader when the replica %s', async (_, refuses) => {
    const { fake, fetcher } = await begin({ end: 5, refuses })
    await readUpTo(fetcher, [{ ...place, offset: 5 }])
    expect(fake.count(Fetch, replica)).toBe(1)
    expect(racks(fake, leader)).toEqual(['b', ''])
  })

  it('asks the leader again after five minutes', async () => {
    let passed = 0
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + passed }
    const { fake, fetcher } = await begin({ end: 5, clock })
    await readUpTo(fetcher, [{ ...place, offset: 5 }])
    expect(fake.count(Fetch, leader)).toBe(1)
    passed = 300_000
    await until('the leader is asked again', () => fake.count(Fetch, leader) === 2)
  })
})

it('a client without a rack reads from leaders only', async () => {
  const { fake, fetcher } = await begin({ end: 5, rack: '' })
  await readUpTo(fetcher, [{ ...place, offset: 5 }])
  expect([racks(fake, leader), fake.count(Fetch, replica)]).toEqual([[''], 0])
})
