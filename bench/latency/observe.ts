/** One turn of work `latency`: bids flow at an even rate, and a reader of the result notes how old each is. */
import { recreateTopics } from '../../scripts/tools/topics.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import { forever, type Place, partitions } from '../place.ts'
import type { Latency } from '../turn.ts'
import { Arrivals } from './arrivals.ts'
import { BidStream } from './bid-stream.ts'
import { latencyInput } from './topology.ts'
import type { Arrival } from './visible.ts'

export const recordsPerSecond = 20_000

/** A system that works until it is stopped. */
export interface Runner {
  /** What it used. @throws Error when it had ended by itself */
  stop(): Promise<{ readonly cpuSeconds: number; readonly peakRssBytes: number }>
  /** Rejects when it ends by itself. */
  readonly failure: Promise<never>
}

export interface Observed {
  /** All that were sent at full rate, those of the warm-up too, and how long that took. */
  readonly records: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakRssBytes: number
  readonly latency: Latency
  readonly arrivals: readonly Arrival[]
}

export interface ObserveOptions {
  readonly output: string
  readonly warmUpSeconds: number
  readonly seconds: number
  /** Of the stream. */
  readonly perSecond?: number
}

/** Until the system answers. */
const knocksPerSecond = 100
const firstArrivalMilliseconds = 90_000
const lastArrivalMilliseconds = 60_000
const lookMilliseconds = 20

/** @throws Error when the system fails, or what arrives is not as many records as were sent */
export async function observe(place: Place, start: () => Runner, options: ObserveOptions): Promise<Observed> {
  const topics = [latencyInput, options.output]
  const specs = topics.map((name) => ({ name, partitions, configs: forever }))
  await recreateTopics(place.kafka, topics, specs)
  const runner = start()
  try {
    const seen = await watch(place, runner, options)
    return { ...seen, ...(await runner.stop()) }
  } catch (error) {
    // It must not go on beside the next turn.
    await runner.stop().catch(() => {})
    throw error
  }
}

async function watch(place: Place, runner: Runner, options: ObserveOptions) {
  const stream = new BidStream(place.kafka, { topic: latencyInput, partitions, perSecond: knocksPerSecond })
  const arrivals = new Arrivals(place.kafka, options.output, partitions)
  try {
    const { since, before } = await Promise.race([measureSpan(stream, arrivals, options), runner.failure])
    const seconds = (systemClock.monotonic() - since) / 1000
    await stream.stop()
    await until(() => arrivals.count >= stream.sent, lastArrivalMilliseconds, 'not all that was sent arrived')
    if (arrivals.count > stream.sent) throw new Error(`${arrivals.count} records arrived, ${stream.sent} were sent`)
    const latency = { p50: arrivals.latencies.quantile(0.5), p99: arrivals.latencies.quantile(0.99) }
    return { records: stream.sent - before, seconds, latency, arrivals: arrivals.arrivals }
  } finally {
    await stream.stop()
    await arrivals.stop()
  }
}

/**
 * At full rate from the first arrival on: nothing waits for the system to start, so no crowd has to be worked off.
 * Returns when that was, and how many records had been sent before.
 */
async function measureSpan(stream: BidStream, arrivals: Arrivals, options: ObserveOptions) {
  const { warmUpSeconds, seconds, perSecond = recordsPerSecond } = options
  await until(() => arrivals.count > 0, firstArrivalMilliseconds, 'nothing arrived')
  const start = { since: systemClock.monotonic(), before: stream.sent }
  stream.goOnAt(perSecond)
  await sleep(systemClock, warmUpSeconds * 1000)
  const from = systemClock.now()
  arrivals.span = { from, to: from + seconds * 1000 }
  await sleep(systemClock, seconds * 1000)
  return start
}

async function until(isSo: () => boolean, withinMilliseconds: number, otherwise: string): Promise<void> {
  const end = systemClock.monotonic() + withinMilliseconds
  while (!isSo()) {
    if (systemClock.monotonic() > end) throw new Error(`${otherwise} within ${withinMilliseconds / 1000} s`)
    await sleep(systemClock, lookMilliseconds)
  }
}
