/** Restores beside work, and restores that meet a log which has moved away. */
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FetchedPartition, Fetcher, Kafka, OffsetQuery } from '../../../src/kafka/port.ts'
import { KafkaError } from '../../../src/kafka/port.ts'
import { partitionsOfTopic, type TopicPartition } from '../../../src/record.ts'
import { restore } from '../../../src/runtime/restore/restore.ts'
import { committed } from '../../contracts/runtime-tools.ts'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { unique, until } from '../../contracts/tools.ts'
import { expectedOf, heldUp, itemsOf, seen, tallied, toldOf } from '../standbys/standby-tools.ts'

const timeout = 120_000

describe('while a store is restored', () => {
  const bench = suiteBench()

  test('tasks whose own state is there work, also where they came together', { timeout }, async () => {
    const topics = tallied(unique('tallied'))
    await bench.create(2, topics.items, topics.counts)
    const inputs = [itemsOf(50, 0), itemsOf(50, 1)]
    await bench.produce(topics.items, inputs.flat())
    await bench.run(topics.built)
    const restored = seen('restore.ended')
    onTestFinished(restored.stop)
    const isHeld = ({ topic, partition }: TopicPartition): boolean => topic === topics.changelog && partition === 1
    const { kafka, held, release } = heldUp(await bench.client(), isHeld)
    const worker = bench.start(topics.built, { kafka })
    onTestFinished(async () => void (await worker.stop().catch(() => undefined)))
    await until('the second task is held up', () => held() > 0)
    await bench.produce(topics.items, inputs.flat())
    const reaches = (partition: number, position: number): Promise<void> =>
      until(`position ${position} of ${partition}`, async () => {
        const places = partitionsOfTopic(topics.items, 2)
        return (await bench.kafka.positions(topics.app, places))[partition]!.offset === position
      })
    await reaches(0, 100)
    expect(restored.events).toMatchObject([{ task: `${topics.items}-0`, store: 'per-key', rows: 50 }])
    expect(await committed(bench, topics.app, topics.items, 2)).toBe(150)
    release()
    await reaches(1, 100)
    expect(restored.events).toMatchObject([{}, { task: `${topics.items}-1`, store: 'per-key', rows: 50 }])
    await worker.stop()
    expect(await toldOf(bench, topics)).toEqual(expectedOf(inputs[0]!, inputs[1]!, inputs[0]!, inputs[1]!))
  })
})

/** A log of two partitions of 100 offsets without a record, of which one loses its beginning when it is read. */
function movingLog(): { readonly kafka: Kafka; readonly sought: [string, number][] } {
  const starts = new Map([
    ['log-0', 0],
    ['log-1', 0],
  ])
  const name = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`
  const sought: [string, number][] = []
  const wanted = new Map<string, number>()
  const fetcher: Partial<Fetcher> = {
    seek(place, offset) {
      sought.push([name(place), offset])
      wanted.set(name(place), offset)
    },
    remove: (place) => void wanted.delete(name(place)),
    async poll(): Promise<FetchedPartition[]> {
      if (starts.get('log-1') === 0) {
        starts.set('log-1', 40)
        const partition = { topic: 'log', partition: 1 }
        throw new KafkaError('out-of-range', 'OFFSET_OUT_OF_RANGE', 'Fetch', 'gone', { partition })
      }
      return [...wanted.keys()].map((each) => {
        const ends = { nextOffset: 100, highWatermark: 100, lastStableOffset: 100 }
        return { topic: 'log', partition: Number(each.slice(4)), batches: [], ...ends }
      })
    },
    close: async () => undefined,
  }
  const kafka: Partial<Kafka> = {
    offsets: async (places, at: OffsetQuery) =>
      places.map((place) => ({ ...place, offset: at === 'end' ? 100 : starts.get(name(place))! })),
    fetcher: () => fetcher as Fetcher,
  }
  return { kafka: kafka as Kafka, sought }
}

test('where the log has moved away from under a store, that one begins anew, and no other does', async () => {
  const { kafka, sought } = movingLog()
  const said: unknown[] = []
  const targets = [0, 1].map((partition) => ({
    partition: { topic: 'log', partition },
    from: 20,
    apply: () => undefined,
    startOver: () => void said.push(['over', partition]),
    begun: (start: number, end: number) => void said.push(['begun', partition, start, end]),
    reached: (position: number, isEnd: boolean) => void said.push(['reached', partition, position, isEnd]),
  }))
  await restore(kafka, targets, () => false)
  expect(sought).toEqual([
    ['log-0', 20],
    ['log-1', 20],
    ['log-1', 40],
  ])
  expect(said).toEqual([
    ['begun', 0, 20, 100],
    ['begun', 1, 20, 100],
    ['over', 1],
    ['begun', 1, 40, 100],
    ['reached', 0, 100, true],
    ['reached', 1, 100, true],
  ])
})
