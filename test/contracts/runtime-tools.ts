/** Fills topics, runs topologies and reads what they wrote, for the suite of running topologies. */
import { type CommittedRecord, committedRecords } from '../../scripts/tools/committed.ts'
import {
  from,
  json,
  type RunSummary,
  type Serde,
  type Topic,
  type Topology,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { partitionsOfTopic } from '../../src/record.ts'
import { type RunOptions, runWorker } from '../../src/runtime/run.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { unique } from './tools.ts'

export interface Input {
  readonly key?: string | null
  readonly value: string | Uint8Array | null
  readonly time: number
  readonly partition?: number
}

export interface RuntimeBench {
  readonly kafka: Kafka
  readonly brokers: string
  client(brokers?: string): Promise<Kafka>
  /** Makes topics with that many partitions each. */
  create(partitions: number, ...names: string[]): Promise<void>
  produce(topic: string, inputs: readonly Input[]): Promise<void>
  read(topic: string): Promise<CommittedRecord[]>
  /** A bounded run. */
  run(topology: Topology, options?: Partial<RunOptions>): Promise<RunSummary>
  /** A run that goes on until it is stopped. */
  start(topology: Topology, options?: Partial<RunOptions>): Started
}

export interface Started {
  readonly ended: Promise<RunSummary>
  stop(): Promise<RunSummary>
}

interface Ports {
  brokers(): string | readonly string[]
  kafka(): Kafka
  client(brokers?: string): Promise<Kafka>
}

const sessionTimeout = { seconds: 6 }

export function runtimeTools(ports: Ports): RuntimeBench {
  const started = async (built: Topology, options: Partial<RunOptions>): Promise<RunSummary> => {
    const kafka = options.kafka ?? (await ports.client())
    return await runWorker(built, { sessionTimeout, ...options, kafka })
  }
  return {
    get kafka() {
      return ports.kafka()
    },
    get brokers() {
      return [ports.brokers()].flat().join(',')
    },
    client: ports.client,
    create: (partitions, ...names) =>
      ports.kafka().topics.create(names.map((name) => ({ name, partitions, configs: { 'retention.ms': '-1' } }))),
    produce: (name, inputs) => produce(ports.kafka(), name, inputs),
    async read(name) {
      const records: CommittedRecord[] = []
      for await (const record of committedRecords(ports.kafka(), name)) records.push(record)
      return records
    },
    run: (built, options = {}) => started(built, { until: 'end', ...options }),
    start(built, options = {}) {
      const stopping = new AbortController()
      const ended = started(built, { ...options, signal: stopping.signal })
      ended.catch(() => undefined)
      return {
        ended,
        stop() {
          stopping.abort()
          return ended
        },
      }
    },
  }
}

async function produce(kafka: Kafka, name: string, inputs: readonly Input[]): Promise<void> {
  const producer = kafka.producer()
  const batches = new Map<number, BatchBuilder>()
  for (const { key = null, value, time, partition = 0 } of inputs) {
    const batch = batches.get(partition) ?? new BatchBuilder()
    batch.append(time, key, value)
    batches.set(partition, batch)
  }
  await Promise.all([...batches].map(([partition, batch]) => producer.append({ topic: name, partition }, batch)))
  await producer.close()
}

export interface WordCount {
  readonly word: string
  readonly since: number
  readonly count: number
}

/** Lines of words counted per minute, through a repartition topic: the smallest topology with time, state and two stages. */
export interface CountedWords {
  readonly built: Topology
  readonly app: string
  readonly lines: Topic<string | null, string>
  readonly counts: string
  readonly late: string
}

export function countedWords(value: Serde<string> = text): CountedWords {
  const app = unique('words')
  const lines = topic(`${app}.lines`, { value })
  const counts = topic(`${app}.counts`, { value: json<WordCount>() })
  const lateWords = topic(`${app}.late`, { value: text })
  const windows = from(lines, { outOfOrderness: { minutes: 10 } })
    .flatMap((line) => line.split(' '))
    .keyBy('word', (word) => word)
    .window(tumbling({ minutes: 1 }))
    .count('per-minute')
  const built = topology(
    app,
    windows.map((count, { key, window }) => ({ word: key, since: window.start.getTime(), count })).to(counts),
    windows.late.map(({ value: word }) => word).to(lateWords),
  )
  return { built, app, lines, counts: counts.name, late: lateWords.name }
}

/** Lines whose times jump back and forth within ten minutes, spread over three partitions. */
export function wordLines(count: number, from = 0): Input[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index
    const jump = ((number * 7919) % 540) * 1_000
    return { value: `a b w${number % 7}`, time: 600_000 + number * 1_000 + jump, partition: number % 3 }
  })
}

/** What the counts must be: every word once per line, in the minute of its line. */
export function expectedCounts(inputs: readonly Input[]): Map<string, number> {
  const expected = new Map<string, number>()
  for (const { value, time } of inputs) {
    for (const word of String(value).split(' ')) {
      const name = `${word}@${Math.floor(time / 60_000) * 60_000}`
      expected.set(name, (expected.get(name) ?? 0) + 1)
    }
  }
  return expected
}

/** How many records of the first `partitions` partitions the group has committed. */
export async function committed(bench: RuntimeBench, group: string, name: string, partitions: number): Promise<number> {
  const places = partitionsOfTopic(name, partitions)
  const positions = await bench.kafka.positions(group, places)
  return positions.reduce((sum, { offset }) => sum + Math.max(0, offset), 0)
}

/** Counts as read from the output; a window that spoke twice is an error. */
export function countsOf(records: readonly CommittedRecord[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { value } of records) {
    const { word, since, count } = JSON.parse(value!.toString()) as WordCount
    const name = `${word}@${since}`
    if (counts.has(name)) throw new Error(`the window ${name} spoke twice`)
    counts.set(name, count)
  }
  return counts
}
