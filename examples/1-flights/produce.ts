/** Fills the demo's topics: the airlines, then every flight in order of scheduled departure, some of them broken. */

import { BatchBuilder, type Kafka, type Producer, partitionFor } from '../../scripts/tools/client.ts'
import { sleep, systemClock } from '../../scripts/tools/world.ts'
import { readAirlines, readFlights } from './data.ts'
import { scheduled } from './flight.ts'
import { airlines, flights } from './topology.ts'

/** A record that nobody can decode, and where it lies. */
export interface Planted {
  readonly partition: number
  readonly offset: number
  readonly value: Buffer
}

/** What was produced. */
export interface Produced {
  readonly flights: number
  /** Flights that departed, by the file. */
  readonly departed: number
  readonly planted: readonly Planted[]
}

export interface ProduceOptions {
  /** Flights a second; absent: as fast as Kafka takes them. */
  readonly rate?: number
  /** Called with the number of flights sent so far. */
  readonly onProgress: (sent: number) => void
}

const partitions = 6
/** One undecodable record after so many flights. */
const plantedEvery = 16_000
const flushEvery = 2_000
/** A paced producer sends what is due this often. */
const tickMilliseconds = 10

/** Writes the 16 airlines. */
export async function produceAirlines(kafka: Kafka): Promise<void> {
  const producer = kafka.producer()
  const batch = new BatchBuilder()
  for (const { carrier, name } of readAirlines()) batch.append(systemClock.now(), carrier, JSON.stringify({ name }))
  await producer.append({ topic: airlines.name, partition: 0 }, batch)
  await producer.close()
}

/** Writes all flights to their topic, which must be empty; resolves when Kafka has acknowledged the last one. */
export async function produceFlights(kafka: Kafka, { rate, onProgress }: ProduceOptions): Promise<Produced> {
  const producer = kafka.producer()
  const writer = new FlightWriter(producer)
  const due = rate === undefined ? flushEvery : Math.ceil((rate * tickMilliseconds) / 1000)
  const begin = systemClock.monotonic()
  let sent = 0
  let departed = 0
  let flushed = Promise.resolve()
  for (const flight of readFlights()) {
    const value = JSON.stringify(flight)
    writer.add(flight.tailnum, value, scheduled(flight))
    sent++
    if (flight.dep_time !== null) departed++
    if (sent % plantedEvery === 0) writer.plant(flight.tailnum, value, scheduled(flight))
    if (sent % due !== 0) continue
    // While one flush is on its way the next one is gathered.
    await flushed
    flushed = writer.flush()
    onProgress(sent)
    if (rate === undefined) continue
    await flushed
    await sleep(systemClock, Math.max(0, begin + (sent / rate) * 1000 - systemClock.monotonic()))
  }
  await flushed
  await writer.flush()
  onProgress(sent)
  await producer.close()
  return { flights: sent, departed, planted: writer.planted }
}

/** Gathers a batch per partition. It is the only writer of an empty topic, so it knows every offset. */
class FlightWriter {
  readonly planted: Planted[] = []
  readonly #producer: Producer
  readonly #batches = Array.from({ length: partitions }, () => new BatchBuilder())
  readonly #nextOffsets: number[] = new Array<number>(partitions).fill(0)
  #turn = 0

  constructor(producer: Producer) {
    this.#producer = producer
  }

  add(key: string | null, value: string | Buffer, timestamp: number): { partition: number; offset: number } {
    const partition = key === null ? this.#turn++ % partitions : partitionFor(Buffer.from(key), partitions)
    this.#batches[partition]!.append(timestamp, key, value)
    return { partition, offset: this.#nextOffsets[partition]!++ }
  }

  /** Adds a flight whose JSON breaks off in the middle. */
  plant(key: string | null, json: string, timestamp: number): void {
    const value = Buffer.from(json.slice(0, json.length >> 1))
    this.planted.push({ ...this.add(key, value, timestamp), value })
  }

  async flush(): Promise<void> {
    const sends = this.#batches.map(async (batch, partition) => {
      if (batch.count > 0) await this.#producer.append({ topic: flights.name, partition }, batch)
    })
    await Promise.all(sends)
  }
}
