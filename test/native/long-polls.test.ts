/** How often a fetcher asks where nothing comes, and that nobody waits longer for that. Times are those of a virtual clock. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddedBroker, startBroker, VirtualClock } from '../../src/broker/index.ts'
import { longer, waitFor } from '../../src/kafka/native/fetch/long-polls.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { FetchedPartition, Fetcher, Kafka, Producer } from '../../src/kafka/port.ts'
import { seededRandom } from '../../src/random.ts'
import { batchOf } from '../contracts/tools.ts'

/** For requests on their way, milliseconds. */
const travels = 20
const topic = 'quiet'

describe('how long a request waits', () => {
  it.each([
    ['alone: as long as its partitions have patience', 4_000, null, 4_000],
    ['beside another: so that it is soon free again', 4_000, 3_000, 250],
    ['beside another that ends sooner: with it', 4_000, 100, 100],
    ['not at all, when the other is about to end: they go on together', 4_000, 15, null],
    ['the same where it should have ended just now', 4_000, -15, null],
    ['but not where it is overdue', 4_000, -30, 250],
    ['and never where something happens, or nothing is known yet', 250, 15, 250],
  ])('%s', (_what, patience, beside, expected) => {
    expect(waitFor(patience, beside)).toBe(expected)
  })

  it('grows with every answer in which nothing came, and has an end', () => {
    let wait = 250
    const waits = Array.from({ length: 7 }, () => (wait = longer(wait)))
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000])
  })
})

describe('a fetcher where nothing comes', () => {
  let clock: VirtualClock
  let broker: EmbeddedBroker
  let kafka: Kafka
  let fetcher: Fetcher
  let producer: Producer

  beforeEach(async () => {
    clock = new VirtualClock()
    broker = await startBroker({ inProcess: true, clock, random: seededRandom(1), requestLog: 10_000 })
    const config = { brokers: [broker.address], socketFactory: broker.socketFactory }
    kafka = connectKafka(config, { clock, random: seededRandom(2) })
    await clock.until(kafka.connect())
    await clock.until(kafka.topics.create([{ name: topic, partitions: 4 }]))
    fetcher = kafka.fetcher({ isolation: 'read_committed' })
    producer = kafka.producer()
  })

  afterEach(async () => {
    await clock.until(producer.close())
    await clock.until(fetcher.close())
    await clock.until(kafka.close())
    await broker.close()
  })

  async function fetchesIn(seconds: number): Promise<number> {
    const before = broker.requests({ api: 'Fetch' }).length
    await clock.advance({ seconds })
    return broker.requests({ api: 'Fetch' }).length - before
  }

  function append(partition: number): Promise<unknown> {
    return producer.append({ topic, partition }, batchOf('a'))
  }

  /** How long it takes until something of a partition is polled, milliseconds. */
  async function arrivalOf(partition: number): Promise<number> {
    const began = clock.now()
    const hasRecords = (each: FetchedPartition): boolean => each.partition === partition && each.batches.length > 0
    for (;;) {
      const polled = await clock.until(fetcher.poll({ seconds: 60 }))
      if (polled.some(hasRecords)) return clock.now() - began
    }
  }

  it('asks for all its partitions in one request, that waits for long', async () => {
    for (let partition = 0; partition < 4; partition++) fetcher.seek({ topic, partition }, 0)
    await fetchesIn(60)
    expect(await fetchesIn(60)).toBeLessThanOrEqual(13)
  })

  it('the same where they were sought one after another', async () => {
    for (const [partition, milliseconds] of [100, 330, 3_000, 7_770].entries()) {
      fetcher.seek({ topic, partition }, 0)
      await clock.advance({ milliseconds })
    }
    await fetchesIn(60)
    expect(await fetchesIn(60)).toBeLessThanOrEqual(13)
  })

  it('has what comes at once', async () => {
    for (let partition = 0; partition < 4; partition++) fetcher.seek({ topic, partition }, 0)
    for (const partition of [2, 0, 3]) {
      await clock.advance({ seconds: 61 })
      clock.after(1_234, () => void append(partition))
      expect(await arrivalOf(partition)).toBeLessThanOrEqual(1_234 + 3 * travels)
    }
  })

  it('reads what is sought meanwhile as soon as ever, however many were sought before', async () => {
    for (const partition of [1, 2, 3]) await clock.until(append(partition))
    fetcher.seek({ topic, partition: 0 }, 0)
    await clock.advance({ seconds: 60 })
    fetcher.seek({ topic, partition: 1 }, 0)
    expect(await arrivalOf(1)).toBeLessThanOrEqual(travels)
    // Both connections wait by now.
    await clock.advance({ milliseconds: 5 })
    fetcher.seek({ topic, partition: 2 }, 0)
    expect(await arrivalOf(2)).toBeLessThanOrEqual(250 + travels)
  })

  it('tells how far a partition is within a quarter of a second, also where others have been quiet for long', async () => {
    fetcher.seek({ topic, partition: 0 }, 0)
    await clock.advance({ seconds: 60 })
    await clock.until(fetcher.poll({ milliseconds: 0 }))
    fetcher.seek({ topic, partition: 1 }, 0)
    const began = clock.now()
    const [told] = await clock.until(fetcher.poll({ seconds: 60 }))
    expect(told).toMatchObject({ partition: 1, lastStableOffset: 0 })
    expect(clock.now() - began).toBeLessThanOrEqual(250 + travels)
  })

  it('asks often again where something has come', async () => {
    fetcher.seek({ topic, partition: 0 }, 0)
    await clock.advance({ seconds: 60 })
    await clock.until(append(0))
    await arrivalOf(0)
    expect(await fetchesIn(1)).toBeGreaterThanOrEqual(2)
  })
})
