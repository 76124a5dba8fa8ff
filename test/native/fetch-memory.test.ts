/** What a fetcher holds is bounded, counted in bytes: read ahead, paused and on its way. */
import { afterEach, describe, expect, it } from 'vitest'
import { pausedLimitOf, quotaOf, seatsPerNode } from '../../src/kafka/native/fetch/fetch-budget.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { Fetcher } from '../../src/kafka/port.ts'
import { Fetch } from '../../src/wire/apis/01-fetch.ts'
import { until } from '../contracts/tools.ts'
import { batchAt, fetched } from './fake-answers.ts'
import { type FakeCluster, fakeCluster, topic } from './fake-cluster.ts'

const open: { close(): Promise<void> }[] = []
const batchBytes = batchAt(0, 1, 5, 'x'.repeat(10_000)).length

afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

interface Flood {
  readonly fake: FakeCluster
  readonly fetcher: Fetcher
  /** Bytes that were promised to answers on their way, or answered and not polled yet. */
  readonly held: { now: number; most: number }
}

/** Endless partitions on two nodes: each answer holds as many batches as were asked for, and one at least. */
async function flood(partitions: number, maxBytes: number): Promise<Flood> {
  const leaders = Array.from({ length: partitions }, (_, n) => ({ leader: 1 + (n % 2), epoch: 5 }))
  const fake = await fakeCluster(2, leaders)
  const held = { now: 0, most: 0 }
  fake.answer(Fetch, (body) => {
    let left = body.maxBytes
    const answer = fetched(body, ({ fetchOffset }) => {
      if (left < batchBytes && left < body.maxBytes) return {}
      const count = Math.max(1, Math.floor(Math.min(left, 200_000) / batchBytes))
      left -= count * batchBytes
      const batches = Array.from({ length: count }, (_, n) => batchAt(fetchOffset + n, 1, 5, 'x'.repeat(10_000)))
      return { records: Buffer.concat(batches) }
    })
    held.now += Math.max(body.maxBytes, batchBytes)
    held.most = Math.max(held.most, held.now)
    return answer
  })
  const kafka = connectKafka({ brokers: fake.brokers })
  await kafka.connect()
  const fetcher = kafka.fetcher({ isolation: 'read_uncommitted', maxBytes })
  open.push(fetcher, kafka, fake)
  for (let partition = 0; partition < partitions; partition++) fetcher.seek({ topic, partition }, 0)
  return { fake, fetcher, held }
}

/** Until no request has come for a while of the event loop's own turns. */
async function quiet(fake: FakeCluster): Promise<void> {
  let seen = -1
  await until('no more requests', async () => {
    const before = seen
    seen = fake.count(Fetch)
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    return seen > 0 && seen === before
  })
}

describe('a fetcher nobody polls', () => {
  it.each([1, 100_000, 1_000_000])('asks for no more than it may hold (%d bytes)', async (maxBytes) => {
    const { fake, held } = await flood(8, maxBytes)
    await quiet(fake)
    const overshoot = 2 * seatsPerNode * batchBytes
    expect(held.most).toBeLessThanOrEqual(maxBytes + overshoot)
    expect(fake.count(Fetch)).toBeGreaterThan(0)
  })
})

describe('a fetcher with paused partitions', () => {
  it('reads the others, and what is paused keeps to its half', async () => {
    const maxBytes = 1_000_000
    const { fake, fetcher } = await flood(8, maxBytes)
    await quiet(fake)
    for (let partition = 0; partition < 7; partition++) fetcher.pause({ topic, partition })
    const positions: number[] = []
    while (positions.length < 20) {
      for (const part of await fetcher.poll({ seconds: 10 })) {
        expect(part.partition).toBe(7)
        positions.push(part.nextOffset)
      }
    }
    await quiet(fake)
    for (let partition = 0; partition < 7; partition++) fetcher.resume({ topic, partition })
    fetcher.pause({ topic, partition: 7 })
    const kept = await fetcher.poll({ seconds: 10 })
    const keptBytes = kept.flatMap(({ batches }) => batches).reduce((sum, { start, end }) => sum + end - start, 0)
    expect(keptBytes).toBeLessThanOrEqual(pausedLimitOf(maxBytes))
    expect(keptBytes).toBeGreaterThan(0)
    // What was dropped is read again: nothing is missing, nothing comes twice.
    const seen = new Map<number, number>()
    const take = (parts: typeof kept) => {
      for (const { partition, batches } of parts) {
        for (const { baseOffset } of batches) {
          expect(baseOffset).toBe(seen.get(partition) ?? 0)
          seen.set(partition, baseOffset + 1)
        }
      }
    }
    take(kept)
    while ([0, 1, 2, 3, 4, 5, 6].some((partition) => (seen.get(partition) ?? 0) < 60)) {
      take(await fetcher.poll({ seconds: 10 }))
    }
  })
})

describe('the budget', () => {
  it('leaves all seats together one half', () => {
    for (const nodes of [0, 1, 2, 7]) {
      for (const maxBytes of [1_000, 16 * 1024 * 1024]) {
        expect(quotaOf(maxBytes, nodes) * seatsPerNode * Math.max(1, nodes)).toBeLessThanOrEqual(maxBytes / 2)
      }
    }
    expect(quotaOf(1, 3)).toBe(1)
  })
})
