/** Writes the input of all works once; every engine reads the same bytes. */
import { BatchBuilder, type Kafka, type Producer, partitionFor } from '../../scripts/tools/client.ts'
import { recreateTopics } from '../../scripts/tools/topics.ts'
import { encodeEvent } from './encode.ts'
import { type EventOptions, firstTime, generateEvents } from './events.ts'
import { sideRows } from './side.ts'
import type { InputName } from './specification.ts'
import { inputTopics } from './topics.ts'

/** Of every input but the side, and of every output. */
export const partitions = 4
/** The times of events are not of today: without this Kafka might delete them during the run. */
export const forever = { 'retention.ms': '-1', 'message.timestamp.type': 'CreateTime' } as const

const batchBytes = 256 * 1024
const bytesInFlight = 16 * batchBytes

/** What was written, by topic. */
export interface Filled {
  readonly events: number
  readonly records: Readonly<Record<InputName, number>>
  /** Bytes of the values. */
  readonly bytes: Readonly<Record<InputName, number>>
  /** Of the last event. */
  readonly lastTime: number
}

/**
 * Makes the input topics anew and writes `events` events and the rows of the side.
 * @example const { records } = await fillNexmark(kafka, 1_000_000) // records.bids is 920_000
 */
export async function fillNexmark(kafka: Kafka, events: number, options: EventOptions = {}): Promise<Filled> {
  const names = Object.values(inputTopics)
  await recreateTopics(kafka, names, [
    ...(['persons', 'auctions', 'bids'] as const).map((name) => {
      return { name: inputTopics[name], partitions, configs: forever }
    }),
    { name: inputTopics.side, partitions: 1, configs: { 'cleanup.policy': 'compact' } },
  ])
  const producer = kafka.producer({ maxBufferedBytes: bytesInFlight })
  const counts = { records: zeros(), bytes: zeros() }
  let lastTime = firstTime
  const writers = writersTo(producer, counts)
  for (const row of sideRows()) {
    if (writers.side.write(String(row.key), firstTime, JSON.stringify(row))) await writers.side.send()
  }
  for (const event of generateEvents(events, options)) {
    const writer = writers[event.topic]
    lastTime = event.time
    if (writer.write(String(event.id), event.time, encodeEvent(event))) await writer.send()
  }
  for (const writer of Object.values(writers)) await writer.end()
  await producer.close()
  return { events, ...counts, lastTime }
}

function zeros(): Record<InputName, number> {
  return { persons: 0, auctions: 0, bids: 0, side: 0 }
}

interface Counts {
  readonly records: Record<InputName, number>
  readonly bytes: Record<InputName, number>
}

function writersTo(producer: Producer, counts: Counts): Readonly<Record<InputName, TopicWriter>> {
  const writerTo = (name: InputName): TopicWriter => new TopicWriter(producer, name, counts)
  const [persons, auctions, bids, side] = [
    writerTo('persons'),
    writerTo('auctions'),
    writerTo('bids'),
    writerTo('side'),
  ]
  return { persons, auctions, bids, side }
}

/** Batches of one topic, one per partition. */
class TopicWriter {
  private readonly producer: Producer
  private readonly name: InputName
  private readonly counts: Counts
  private readonly batches: readonly BatchBuilder[]
  /** Keys come in runs of the same few. */
  private readonly placed = new Map<string, number>()
  private readonly sending: Promise<unknown>[] = []
  private full = 0

  constructor(producer: Producer, name: InputName, counts: Counts) {
    this.producer = producer
    this.name = name
    this.counts = counts
    const length = name === 'side' ? 1 : partitions
    this.batches = Array.from({ length }, () => new BatchBuilder(batchBytes))
  }

  /** @returns true when a batch is full: it must be sent before the next record is written */
  write(key: string, time: number, value: string): boolean {
    this.counts.records[this.name]++
    this.counts.bytes[this.name] += value.length
    this.full = this.partitionOf(key)
    const batch = this.batches[this.full]!
    batch.append(time, key, value)
    return batch.sizeInBytes >= batchBytes
  }

  async send(partition: number = this.full): Promise<void> {
    this.sending.push(this.producer.append({ topic: inputTopics[this.name], partition }, this.batches[partition]!))
    await this.producer.room()
  }

  async end(): Promise<void> {
    for (const [partition, batch] of this.batches.entries()) if (batch.count > 0) await this.send(partition)
    await Promise.all(this.sending)
  }

  private partitionOf(key: string): number {
    const found = this.placed.get(key)
    if (found !== undefined) return found
    if (this.placed.size > 10_000) this.placed.clear()
    const partition = partitionFor(Buffer.from(key), this.batches.length)
    this.placed.set(key, partition)
    return partition
  }
}
