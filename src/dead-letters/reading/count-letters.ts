/** Counts letters by reading them, all of a queue or until there are enough. */
import type { Kafka } from '../../kafka/port.ts'
import { batchesOf, type Range, recordsOf } from './batches.ts'
import { families } from './families.ts'
import { HeaderScan } from './header-scan.ts'
import type { Settled } from './settled.ts'

/** Many partitions are read at once. */
const farAhead = 16 * 1024 * 1024

export interface QueueCounts {
  readonly letters: number
  readonly open: number
  readonly parked: number
  /** False: counting ended when more were open than were asked for. */
  readonly isWhole: boolean
}

/** @param limits queues to read, and with how many open letters to stop */
export async function readCounts(
  kafka: Kafka,
  ranges: readonly Range[],
  settled: (queue: string) => Settled,
  limits: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, QueueCounts>> {
  const whole = [...limits].filter(([, limit]) => limit === Number.POSITIVE_INFINITY).map(([topic]) => topic)
  const counters = new Map(whole.map((topic) => [topic, new Counter(settled(topic))]))
  const all = ranges.filter(({ topic }) => counters.has(topic))
  for await (const { range, batch } of batchesOf(kafka, all, farAhead)) counters.get(range.topic)!.count(range, batch)
  for (const [topic, limit] of limits) {
    if (counters.has(topic)) continue
    const own = ranges.filter((range) => range.topic === topic)
    counters.set(topic, await countUpTo(kafka, own, new Counter(settled(topic)), limit))
  }
  return counters
}

async function countUpTo(kafka: Kafka, ranges: readonly Range[], counter: Counter, limit: number): Promise<Counter> {
  for await (const { range, batch } of batchesOf(kafka, ranges)) {
    counter.count(range, batch)
    if (counter.open <= limit) continue
    counter.isWhole = false
    break
  }
  return counter
}

class Counter implements QueueCounts {
  letters = 0
  open = 0
  parked = 0
  isWhole = true
  readonly #settled: Settled
  readonly #scan = new HeaderScan([families.millrace.parkedBehind![0]])

  constructor(settled: Settled) {
    this.#settled = settled
  }

  count(range: Range, batch: Parameters<typeof recordsOf>[0]['batch']): void {
    const { topic, partition } = range
    for (const cursor of recordsOf({ range, batch })) {
      this.letters++
      if (!this.#settled.isEmpty && this.#settled.state({ topic, partition, offset: cursor.offset }) !== 'open')
        continue
      this.open++
      this.#scan.read(cursor)
      if (this.#scan.has(0)) this.parked++
    }
  }
}
