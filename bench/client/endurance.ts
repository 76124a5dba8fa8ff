/**
 * `npm run endurance -- [--seconds N] [--json]`: one process writes and reads as fast as it can,
 * and says whether its memory grew.
 */
import { parseArgs } from 'node:util'
import { startKafka } from '../../scripts/kafka.ts'
import { BatchBuilder, connectTool, type Kafka, partitionsOf, type TopicPartition } from '../../scripts/tools/client.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import { recordBytes, topicPartitions } from './report.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
if (!(seconds >= 10)) {
  console.error('npm run endurance -- [--seconds N, at least 10] [--json]')
  process.exit(2)
}

const topic = 'bench.endurance'
const batchBytes = 256 * 1024
const batchesInFlight = 24
const samplingMilliseconds = 500
const bytesPerMegabyte = 1_048_576
/** Until then code is compiled and the memory of short-lived objects finds its size, which takes half a minute. */
const warmUpShare = 0.5
const growthAllowedMb = 32
/** Records the writer may be ahead of the reader: what is not read yet must not be deleted by age. */
const mostUnread = 4_000_000

class Endurance {
  written = 0
  read = 0
  readonly #until: number = systemClock.monotonic() + seconds * 1000
  readonly #samples: number[] = []
  readonly #kafka: Kafka
  readonly #places: readonly TopicPartition[]

  constructor(kafka: Kafka, places: readonly TopicPartition[]) {
    this.#kafka = kafka
    this.#places = places
  }

  async run(): Promise<void> {
    this.#sample()
    await Promise.all([this.#write(), this.#readOn()])
  }

  /** Medians of memory right after warming up and at the end. */
  get memory(): { readonly startMb: number; readonly endMb: number } {
    const samples = this.#samples.slice(Math.floor(this.#samples.length * warmUpShare))
    const part = Math.max(1, Math.floor(samples.length / 4))
    return { startMb: median(samples.slice(0, part)), endMb: median(samples.slice(-part)) }
  }

  get #isOver(): boolean {
    return systemClock.monotonic() >= this.#until
  }

  #sample(): void {
    this.#samples.push(process.memoryUsage.rss() / bytesPerMegabyte)
    if (!this.#isOver) systemClock.after(samplingMilliseconds, () => this.#sample())
  }

  async #write(): Promise<void> {
    const producer = this.#kafka.producer()
    const batch = new BatchBuilder(batchBytes)
    const value = Buffer.alloc(recordBytes, 'x')
    const sending: Promise<unknown>[] = []
    for (let turn = 0; !this.#isOver; turn++) {
      const time = systemClock.now()
      while (batch.sizeInBytes < batchBytes - recordBytes * 2) batch.append(time, null, value)
      this.written += batch.count
      sending.push(producer.append(this.#places[turn % this.#places.length]!, batch))
      if (sending.length >= batchesInFlight) await sending.shift()
      while (this.written - this.read > mostUnread && !this.#isOver) await sleep(systemClock, 5)
    }
    await Promise.all(sending)
    await producer.close()
  }

  async #readOn(): Promise<void> {
    const fetcher = this.#kafka.fetcher({ isolation: 'read_committed' })
    for (const place of this.#places) fetcher.seek(place, 0)
    const positions = new Map(this.#places.map((place) => [place.partition, 0]))
    let deleteAt = systemClock.monotonic()
    while (!this.#isOver) {
      for (const { partition, batches, nextOffset } of await fetcher.poll({ milliseconds: 200 })) {
        for (const batch of batches) for (const cursor = batch.cursor(); cursor.next(); ) this.read++
        positions.set(partition, nextOffset)
      }
      if (systemClock.monotonic() < deleteAt) continue
      deleteAt = systemClock.monotonic() + 2_000
      // What was read is deleted, or the disk would be full before the time is over.
      await this.#kafka.topics.deleteRecords(
        [...positions].map(([partition, offset]) => ({ topic, partition, offset })),
      )
    }
    await fetcher.close()
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >>> 1] ?? 0
}

const broker = await startKafka({
  heap: '1g',
  compile: 'full',
  properties: { 'log.retention.check.interval.ms': '2000', 'log.segment.delete.delay.ms': '1000' },
})
const kafka = await connectTool(broker.brokers, 'endurance')
try {
  const configs = { 'segment.bytes': String(64 * bytesPerMegabyte), 'retention.bytes': String(1024 * bytesPerMegabyte) }
  await kafka.topics.create([{ name: topic, partitions: topicPartitions, configs }])
  const endurance = new Endurance(kafka, await partitionsOf(kafka, topic))
  await endurance.run()
  const { startMb, endMb } = endurance.memory
  const result = {
    seconds,
    writtenPerSecond: Math.round(endurance.written / seconds),
    readPerSecond: Math.round(endurance.read / seconds),
    rssStartMb: Math.round(startMb),
    rssEndMb: Math.round(endMb),
    growthMb: Math.round(endMb - startMb),
  }
  console.log(
    values.json
      ? JSON.stringify(result)
      : `${result.writtenPerSecond}/s written, ${result.readPerSecond}/s read for ${seconds} s: memory ${result.rssStartMb} MB, then ${result.rssEndMb} MB`,
  )
  process.exitCode = result.growthMb > growthAllowedMb ? 1 : 0
} finally {
  await kafka.close()
  await broker.stop()
}
