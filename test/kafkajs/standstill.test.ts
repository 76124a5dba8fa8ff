/** Reading that stands still must not look like a quiet topic. */
import { expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { ClusterDoor } from '../../src/kafka/kafkajs/clusters.ts'
import { KafkajsFetcher } from '../../src/kafka/kafkajs/fetcher.ts'
import { errorOf } from '../contracts/tools.ts'

const place = { topic: 'compacted', partition: 0 }

/** A cluster of one node whose answers are of that size, hold no record, and say that there are ten. */
function doorTo(sizeInBytes: number | null) {
  const asked: number[] = []
  const data = { partition: 0, highWatermark: '10', lastStableOffset: '10', abortedTransactions: [], messages: [] }
  const broker = {
    fetch: async ({ topics }: { topics: { partitions: { fetchOffset: string }[] }[] }) => {
      asked.push(Number(topics[0]!.partitions[0]!.fetchOffset))
      return { responses: [{ topicName: place.topic, partitions: [data] }] }
    },
  }
  const door = {
    // Time passes at once.
    clock: { ...systemClock, after: (_milliseconds: number, callback: () => void) => systemClock.after(0, callback) },
    cluster: { findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }] },
    refresh: async () => undefined,
    know: async () => new Map(),
    node: async () => broker,
    measured: async <T>(fetch: () => Promise<T>) => ({ answer: await fetch(), sizeInBytes }),
    close: async () => undefined,
  } as unknown as ClusterDoor
  return { asked, fetcher: new KafkajsFetcher(door, { isolation: 'read_committed' }) }
}

it('is fatal where a broker says there is data and shows none, after fifty times', async () => {
  const { asked, fetcher } = doorTo(60)
  fetcher.seek(place, 3)
  const error = await errorOf(untilError(fetcher))
  expect([error?.fault, error?.reason, error?.partition]).toEqual(['fatal', 'NO_PROGRESS', place])
  expect(error?.message).toContain('stands still at offset 3')
  expect(asked.every((offset) => offset === 3)).toBe(true)
  expect(asked.length).toBeGreaterThanOrEqual(50)
  await fetcher.close()
})

it('is fatal too where the size of the answer is not known', async () => {
  const { fetcher } = doorTo(null)
  fetcher.seek(place, 3)
  expect((await errorOf(untilError(fetcher)))?.reason).toBe('NO_PROGRESS')
  await fetcher.close()
})

it('goes over a batch that came and held no record, an offset at a time', async () => {
  const { asked, fetcher } = doorTo(150)
  fetcher.seek(place, 3)
  let position = 3
  while (position < 10) for (const fetched of await fetcher.poll({ seconds: 30 })) position = fetched.nextOffset
  expect([position, ...asked.slice(0, 7)]).toEqual([10, 3, 4, 5, 6, 7, 8, 9])
  await fetcher.close()
})

async function untilError(fetcher: KafkajsFetcher): Promise<void> {
  for (;;) await fetcher.poll({ seconds: 30 })
}
