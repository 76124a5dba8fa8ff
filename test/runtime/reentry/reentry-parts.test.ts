/** The parts of what comes again: what is said of a record, when a bounded run may end, what is deleted. */
import { describe, expect, test } from 'vitest'
import type { PartitionOffset } from '../../../src/kafka/port.ts'
import { PurgeSchedule } from '../../../src/runtime/commit/purge.ts'
import { ReentryEnds } from '../../../src/runtime/reentry/ends.ts'
import { reentryHeaders } from '../../../src/runtime/reentry/headers.ts'
import { placeOf, reentryAt } from '../../../src/runtime/reentry/place.ts'
import { fitsRetry, nextReentry } from '../../../src/runtime/reentry/retry.ts'
import type { Thread } from '../../../src/runtime/settings.ts'
import { PartitionQueue } from '../../../src/runtime/tasks/queue.ts'
import type { Task } from '../../../src/runtime/tasks/task.ts'
import { VirtualClock } from '../../../src/virtual-clock.ts'
import { reentryWith } from './reentry-tools.ts'

const source = {
  topic: 'orders',
  partition: 3,
  offset: 41,
  timestamp: 7,
  timestampType: 'LogAppendTime',
  headers: [],
  reentry: null,
}
const slow = { name: 'slow', delay: 5_000 }
const failed = { source, key: null, value: Buffer.from('v'), error: new Error('no'), attempts: 2, firstFailedAt: 100 }

describe('what a record says of itself when it comes again', () => {
  const queue = { topic: 'app.redrive.orders', partition: 1, batch: { timestampType: 'CreateTime' } }

  test('is where it was first read, and what it has been through', () => {
    const first = nextReentry(failed, slow, 1_000)
    const { topic, partition, offset, timestampType } = source
    const history = {
      attempts: 2,
      firstFailedAt: 100,
      hops: 1,
      through: 'slow=1',
      dueAt: 6_000,
      redriveCount: 0,
      job: '',
    }
    expect(first).toEqual({ topic, partition, offset, timestampType, ...history })
    const again = { ...failed, source: { ...source, reentry: { ...first, job: 'j', redriveCount: 1 } } }
    const second = nextReentry({ ...again, attempts: 1, firstFailedAt: 7_000 }, { ...slow, delay: 60_000 }, 7_000)
    expect(second).toMatchObject({ attempts: 3, firstFailedAt: 100, hops: 2, through: 'slow=2', dueAt: 67_000 })
    expect(second).toMatchObject({ redriveCount: 1, job: 'j' })
  })

  test('is read back from the headers as it was written', () => {
    const reentry = reentryWith({ topic: 'orders', offset: 41, through: 'slow=2,asked=1' })
    const read = reentryAt(queue, { offset: 9, headers: () => reentryHeaders(reentry) })
    expect(read).toEqual(reentry)
    const current = { offset: 9 }
    const place = { topic: 'orders', partition: 0, offset: 41, timestampType: 'CreateTime' }
    expect(placeOf({ ...queue, current, reentry: read })).toEqual(place)
  })

  test('is its own place where it says nothing', () => {
    const read = reentryAt(queue, { offset: 9, headers: () => [{ name: 'trace', value: null }] })
    expect(read).toMatchObject({ topic: 'app.redrive.orders', partition: 1, offset: 9, dueAt: 0, attempts: 0 })
  })

  test('fits the retry topic, or else the next policy is asked', () => {
    const limit = (bytes: number): Thread => {
      const prepared = { maxMessageBytes: new Map([['app.retry.slow.5s', bytes]]) }
      return { graph: { app: 'app' }, prepared } as unknown as Thread
    }
    const large = { ...failed, value: Buffer.alloc(100_000) }
    expect(fitsRetry(limit(200_000), large, slow)).toBe(true)
    expect(fitsRetry(limit(100_000), large, slow)).toBe(false)
  })
})

describe('a bounded run ends', () => {
  function fetched(queue: PartitionQueue, end: number): void {
    const { topic, partition } = queue
    queue.add({ topic, partition, batches: [], nextOffset: end, highWatermark: end, lastStableOffset: end })
  }

  test('only when all that is to come again has come', () => {
    const queue = new PartitionQueue({ topic: 'app.retry.slow.5s', partition: 0 }, 1)
    const ends = new ReentryEnds([queue])
    queue.moveTo(0)
    expect(ends.areReached).toBe(false)
    fetched(queue, 0)
    expect(ends.areReached).toBe(true)
    ends.wrote('app.retry.slow.5s')
    expect(ends.areReached).toBe(false)
    ends.handOver()
    ends.committed(() => 2)
    // Kafka said before that there is nothing: that is no longer so.
    expect(ends.areReached).toBe(false)
    fetched(queue, 3)
    expect(ends.areReached).toBe(true)
  })

  test('not on what Kafka said before, where it is not known how much was written', () => {
    const queue = new PartitionQueue({ topic: 'app.retry.slow.5s', partition: 0 }, 1)
    const ends = new ReentryEnds([queue])
    queue.moveTo(0)
    fetched(queue, 0)
    ends.wrote('app.retry.slow.5s')
    ends.handOver()
    ends.committed(() => undefined)
    expect(ends.areReached).toBe(false)
    fetched(queue, 2)
    expect(ends.areReached).toBe(true)
  })

  test('without what was taken back', () => {
    const queue = new PartitionQueue({ topic: 'app.retry.slow.5s', partition: 0 }, 1)
    const ends = new ReentryEnds([queue])
    queue.moveTo(0)
    fetched(queue, 0)
    ends.wrote('app.retry.slow.5s')
    ends.rewound()
    expect(ends.areReached).toBe(true)
  })
})

test('what has come again is deleted, the records of users are not', async () => {
  const clock = new VirtualClock()
  const deleted: PartitionOffset[] = []
  const topics = { deleteRecords: async (before: readonly PartitionOffset[]) => void deleted.push(...before) }
  const schedule = new PurgeSchedule({ clock, kafka: { topics } } as unknown as Thread)
  const positions = ['orders', 'app.words.repartition', 'app.retry.slow.5s', 'app.redrive.orders'].map((topic) => {
    return { topic, partition: 0, offset: 5 }
  })
  const sources = [
    { topic: 'orders', node: 0, writers: null },
    { topic: 'app.words.repartition', node: 1, writers: [0] },
  ]
  const task = { committedPositions: () => positions, subTopology: { sources } } as unknown as Task
  schedule.run([task])
  expect(deleted).toEqual([])
  await clock.advance({ seconds: 30 })
  schedule.run([task])
  expect(deleted.map(({ topic }) => topic)).toEqual([
    'app.words.repartition',
    'app.retry.slow.5s',
    'app.redrive.orders',
  ])
})
