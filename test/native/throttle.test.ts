/** Silence that a broker asks for (KIP-219), and what is counted of requests. */
import { afterEach, describe, expect, it } from 'vitest'
import { clientWaits } from '../../src/kafka/native/connection/throttle.ts'
import { RequestCounters } from '../../src/kafka/native/metrics.ts'
import { latencyBounds } from '../../src/kafka/port.ts'
import { VirtualClock } from '../../src/virtual-clock.ts'
import { ApiVersions, apis, Metadata } from '../../src/wire/apis/index.ts'
import { errorOf } from '../contracts/tools.ts'
import { type FakeBroker, type FakeOptions, startFakeBroker } from './fake-broker.ts'
import { openConnection } from './open-connection.ts'

const open: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const requestTimeout = 30_000

async function connect(options: FakeOptions) {
  const broker: FakeBroker = await startFakeBroker(options)
  const clock = new VirtualClock(0)
  const { connection, metrics } = await openConnection(broker.address, clock)
  open.push(
    () => broker.close(),
    () => connection.close(),
  )
  const ask = (version = 12) => connection.request(Metadata, version, { topics: [] }, requestTimeout)
  /** Answered by the broker once everything written before has arrived. */
  const arrived = () => connection.requestNow(ApiVersions, 0, {}, requestTimeout)
  const count = () => metrics.snapshot().get('Metadata')
  return { broker, clock, connection, ask, arrived, count }
}

describe('a throttled client', () => {
  it('sends nothing on that connection before the time is over, then everything in order', async () => {
    let throttleTimeMs = 500
    const { broker, clock, ask, arrived, count } = await connect({ throttleTimeMs: () => throttleTimeMs })
    await ask()
    throttleTimeMs = 0
    const [next, last] = [ask(), ask()]
    await clock.advance({ milliseconds: 499 })
    await arrived()
    expect(broker.seen).toEqual(['Metadata', 'ApiVersions'])
    expect(count()).toMatchObject({ requests: 1, inFlight: 0, throttled: 500 })
    await clock.advance({ milliseconds: 1 })
    await Promise.all([next, last])
    expect(broker.seen).toEqual(['Metadata', 'ApiVersions', 'Metadata', 'Metadata'])
  })

  it('keeps to the longest of several times', async () => {
    const times = [50, 500, 100, 0]
    const { broker, clock, ask, arrived } = await connect({ throttleTimeMs: () => times.shift() ?? 0 })
    await Promise.all([ask(), ask(), ask()])
    const next = ask()
    await clock.advance({ milliseconds: 499 })
    await arrived()
    expect(broker.seen.filter((name) => name === 'Metadata')).toHaveLength(3)
    await clock.advance({ milliseconds: 1 })
    await next
  })

  it('does not wait where the broker has waited already: in older versions', async () => {
    const { ask, count } = await connect({ throttleTimeMs: () => 500 })
    await ask(5)
    await ask(5)
    expect(count()).toMatchObject({ requests: 2, answers: 2, throttled: 1_000 })
  })

  it('is never silent for longer than a request may take', async () => {
    const { clock, ask } = await connect({ throttleTimeMs: () => 0x7fffffff })
    await ask()
    const next = ask()
    await clock.advance({ milliseconds: requestTimeout })
    await next
  })

  it('knows for sure that what it kept back was not sent, when the connection is lost', async () => {
    const { connection, ask } = await connect({ throttleTimeMs: () => 500 })
    await ask()
    const held = errorOf(ask())
    connection.close()
    expect(await held).toMatchObject({ fault: 'retriable', reason: 'CONNECTION' })
  })

  it('names only requests that there are', () => {
    const [metadata] = [...apis.values()].filter(({ name }) => name === 'Metadata')
    expect([5, 6].map((version) => clientWaits(metadata!, version))).toEqual([false, true])
  })
})

describe('what is counted', () => {
  it('are requests, bytes and answers of each type', async () => {
    const { broker, connection, ask, count } = await connect({})
    await Promise.all([ask(), ask()])
    expect(count()).toMatchObject({ requests: 2, answers: 2, refused: 0, lost: 0, inFlight: 0, throttled: 0 })
    expect(count()!.bytesOut).toBeGreaterThan(40)
    expect(count()!.bytesIn).toBeGreaterThan(60)
    const open = [ask(), ask(), ask()].map(errorOf)
    expect(count()).toMatchObject({ requests: 5, inFlight: 3 })
    connection.close()
    for (const error of open) expect(await error).toMatchObject({ fault: 'unknown-outcome' })
    expect(count()).toMatchObject({ requests: 5, answers: 2, lost: 3, inFlight: 0 })
    expect(broker.seen).toContain('Metadata')
  })

  it('are latencies, in buckets: a bound belongs to its own', () => {
    const counters = new RequestCounters()
    for (const milliseconds of [0, 1, 1.5, 5_000, 5_001]) counters.answered(10, milliseconds, milliseconds === 0)
    const { latency, refused, bytesIn } = counters.snapshot()
    expect(latency.sum).toBe(10_003.5)
    expect(latency.maximum).toBe(5_001)
    expect(latency.counts).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
    expect(latency.counts).toHaveLength(latencyBounds.length + 1)
    expect([refused, bytesIn]).toEqual([1, 50])
  })
})
