/** A run without faults, inside the process and on virtual time: the good history that the judges' tests doctor. */
import { type EmbeddedBroker, startBroker, VirtualClock } from '../../../src/broker/index.ts'
import { connectKafka } from '../../../src/kafka/native/index.ts'
import type { Kafka } from '../../../src/kafka/port.ts'
import { subscribe } from '../../../src/observe/events.ts'
import { seededRandom } from '../../../src/random.ts'
import { partitionsOfTopic, type RecordHeader } from '../../../src/record.ts'
import { runWorker } from '../../../src/runtime/run.ts'
import { memory } from '../../../src/state/memory/backend.ts'
import { keyAt, valueAt } from '../../../src/testing/memory-log.ts'
import type { History, ReadRecord, SeenEvent, WrittenRecord } from '../../../src/testing/simulation/history.ts'
import { LiveRows } from '../../../src/testing/simulation/oracles/live-rows.ts'
import { LogRecorder } from '../../../src/testing/simulation/oracles/log-recorder.ts'
import { compile } from '../../../src/topology/compile.ts'
import type { Topology } from '../../../src/topology/topology.ts'
import { BatchBuilder } from '../../../src/wire/batch.ts'

/** What a test wants written. */
export interface Given {
  readonly topic: string
  readonly partition?: number
  readonly key?: string | null
  readonly value: string | null
  readonly time: number
  readonly headers?: readonly RecordHeader[]
  readonly poisonFor?: string
}

export interface SmallWorld {
  readonly topology: Topology
  readonly records: readonly Given[]
  readonly partitions: number
  /** Virtual milliseconds that the workers have after the last record. */
  readonly rest?: number
}

/** @example const history = await smallRun({ topology, records, partitions: 2 }) */
export async function smallRun({ topology, records, partitions, rest = 20_000 }: SmallWorld): Promise<History> {
  const clock = new VirtualClock()
  const random = seededRandom(7)
  const broker = await startBroker({ nodes: 2, inProcess: true, clock, random, audit: true, requestLog: 50_000 })
  const recorder = new LogRecorder(broker)
  const clients: Kafka[] = []
  const connect = async (name: string): Promise<Kafka> => {
    const config = { clientId: name, brokers: broker.addresses.split(','), socketFactory: broker.socketFactory }
    const kafka = connectKafka(config, { clock, random: seededRandom(clients.length + 10) })
    clients.push(kafka)
    await clock.until(kafka.connect())
    return kafka
  }
  const events: SeenEvent[] = []
  const silence = subscribe('commit.ended', (detail) => {
    events.push({ time: clock.now(), worker: null, name: 'commit.ended', detail })
  })
  const { inputs, outputs } = compile(topology)
  const seat = await connect('seat')
  await clock.until(seat.topics.create([...inputs, ...outputs].map(({ name }) => ({ name, partitions }))))
  const live = new LiveRows(memory())
  const ending = new AbortController()
  const kafka = await connect('worker')
  const { signal } = ending
  const ended = runWorker(topology, { kafka, clock, random, state: live, instance: 'one', signal })
  ended.catch(() => undefined)
  const written = await clock.until(write(seat, records, () => pause(clock)))
  await clock.advance({ milliseconds: rest })
  recorder.take()
  const reads = await clock.until(readAll(seat, broker))
  const stores = live.stores()
  ending.abort()
  await clock.until(ended)
  recorder.take()
  for (const client of clients) await clock.until(client.close())
  silence()
  const [requests, audit] = [broker.requests(), broker.audit()]
  await broker.close()
  const { partitions: logs } = recorder
  return { topology, partitions: logs, written, reads, requests, events, stores, audit, effects: null, isDrained: true }
}

/** Longer than a commit takes, so that there are several. */
function pause(clock: VirtualClock): Promise<void> {
  return new Promise((resolve) => clock.after(250, resolve))
}

async function write(kafka: Kafka, records: readonly Given[], between: () => Promise<void>): Promise<WrittenRecord[]> {
  const transactions = kafka.transactions('writer', { timeout: { seconds: 10 } })
  await transactions.init()
  const written = records.map(
    ({ topic, partition = 0, key = null, value, time, headers = [], poisonFor }): WrittenRecord => ({
      topic,
      partition,
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers,
      timestamp: time,
      outcome: 'committed',
      ...(poisonFor !== undefined && { poisonFor }),
    }),
  )
  for (let at = 0; at < written.length; at += 10) {
    for (const { topic, partition, timestamp, key, value, headers } of written.slice(at, at + 10)) {
      const batch = new BatchBuilder()
      batch.append(timestamp, key, value, headers)
      void transactions.append({ topic, partition }, batch)
    }
    await transactions.commit()
    await between()
  }
  await transactions.close()
  return written
}

/** Everything that is committed, as a client that looks on gets it. */
async function readAll(kafka: Kafka, broker: EmbeddedBroker): Promise<ReadRecord[]> {
  const reads: ReadRecord[] = []
  const topics = broker.describe().topics.filter(({ isInternal }) => !isInternal)
  const places = topics.flatMap(({ name, partitions }) => partitionsOfTopic(name, partitions.length))
  const fetcher = kafka.fetcher({ isolation: 'read_committed' })
  const ends = await kafka.offsets(places, 'stable')
  const open = new Set(ends.filter(({ offset }) => offset > 0).map(({ topic, partition }) => `${topic} ${partition}`))
  for (const { topic, partition, offset } of await kafka.offsets(places, 'earliest'))
    if (open.has(`${topic} ${partition}`)) fetcher.seek({ topic, partition }, offset)
  while (open.size > 0) {
    for (const { topic, partition, batches, nextOffset } of await fetcher.poll({ seconds: 1 })) {
      for (const batch of batches) {
        for (const cursor = batch.cursor(); cursor.next(); ) {
          const [key, value] = [copyOf(keyAt(cursor)), copyOf(valueAt(cursor))]
          reads.push({ reader: 'seat', topic, partition, offset: cursor.offset, key, value })
        }
      }
      const end = ends.find((each) => each.topic === topic && each.partition === partition)!.offset
      if (nextOffset >= end) open.delete(`${topic} ${partition}`)
    }
  }
  await fetcher.close()
  return reads
}

function copyOf(bytes: Buffer | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes)
}
