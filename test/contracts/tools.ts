/** What the tests of the port have in common. */

import type { NativeConfig } from '../../src/kafka/native/config.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { FetchedPartition, Fetcher, Kafka, KafkaFault } from '../../src/kafka/port.ts'
import { KafkaError } from '../../src/kafka/port.ts'
import { randomName, systemRandom } from '../../src/random.ts'
import type { TopicPartition } from '../../src/record.ts'
import { BatchBuilder, type RecordBatch } from '../../src/wire/batch.ts'

/** A broker under test. */
export interface ContractBroker {
  readonly brokers: string
  stop(): Promise<void>
  /** Asks for compaction where it does not come by itself. */
  compact(topic: string): Promise<void>
}

export interface ContractFeatures {
  /** The transaction protocol that the broker leads to. */
  readonly protocol: 1 | 2
}

/** What an adapter says of itself. */
export type Declared = Pick<Kafka, 'features' | 'lacks' | 'admin'>

/** What a test gets: a client, and a topic of its own. */
export interface Bench {
  readonly broker: ContractBroker
  readonly features: ContractFeatures
  readonly declared: Declared
  readonly kafka: Kafka
  /** Another client; closed with the suite. */
  client(brokers?: string, config?: Partial<NativeConfig>): Promise<Kafka>
  topic(partitions?: number, configs?: Record<string, string>): Promise<string>
}

export interface Row {
  readonly offset: number
  readonly key: string | null
  readonly value: string | null
}

const deadlineMilliseconds = 30_000
/** From one look to the next: each is a request, which takes from what is waited for. */
const betweenMilliseconds = { first: 5, last: 25 } as const

export function unique(prefix: string): string {
  return `${prefix}-${randomName(systemRandom, 10)}`
}

/** How a suite makes its clients. */
export type Connect = (brokers: string, config?: Partial<NativeConfig>) => Promise<Kafka>

export async function connected(brokers: string, config: Partial<NativeConfig> = {}): Promise<Kafka> {
  const kafka = connectKafka({ clientId: 'contract', ...config, brokers: brokers.split(',') })
  await kafka.connect()
  return kafka
}

/** A batch with these values; keys are `k` and the place in the list, unless given as `key=value`. */
export function batchOf(...values: string[]): BatchBuilder {
  const batch = new BatchBuilder()
  values.forEach((text, place) => {
    const [key, value] = text.includes('=') ? text.split('=', 2) : [`k${place}`, text]
    batch.append(1_700_000_000_000 + place, key ?? null, value ?? null)
  })
  return batch
}

export function rowsOf(batch: RecordBatch): Row[] {
  const rows: Row[] = []
  const cursor = batch.cursor()
  while (cursor.next()) {
    const { bytes, offset, keyStart, keyEnd, valueStart, valueEnd } = cursor
    rows.push({
      offset,
      key: keyStart < 0 ? null : bytes.toString('utf8', keyStart, keyEnd),
      value: valueStart < 0 ? null : bytes.toString('utf8', valueStart, valueEnd),
    })
  }
  return rows
}

/** Polls until every partition has been read up to `end`; what was read, in order. */
export async function readUpTo(
  fetcher: Fetcher,
  ends: readonly (TopicPartition & { readonly offset: number })[],
): Promise<FetchedPartition[]> {
  const fetched: FetchedPartition[] = []
  const open = new Map(
    ends.filter(({ offset }) => offset > 0).map((end) => [`${end.topic}-${end.partition}`, end.offset]),
  )
  const deadline = performance.now() + deadlineMilliseconds
  while (open.size > 0) {
    for (const part of await fetcher.poll({ milliseconds: 500 })) {
      fetched.push(part)
      const name = `${part.topic}-${part.partition}`
      if (part.nextOffset >= (open.get(name) ?? Number.POSITIVE_INFINITY)) open.delete(name)
    }
    if (performance.now() > deadline) throw new Error(`still to be read: ${[...open]}`)
  }
  return fetched
}

/** The values of one partition from its beginning to its present end. */
export async function valuesOf(
  kafka: Kafka,
  place: TopicPartition,
  isolation: 'read_committed' | 'read_uncommitted' = 'read_committed',
): Promise<(string | null)[]> {
  const ends = await kafka.offsets([place], isolation === 'read_committed' ? 'stable' : 'end')
  const fetcher = kafka.fetcher({ isolation })
  fetcher.seek(place, (await kafka.offsets([place], 'earliest'))[0]!.offset)
  const fetched = await readUpTo(fetcher, ends)
  await fetcher.close()
  return fetched.flatMap(({ batches }) => batches.flatMap(rowsOf)).map(({ value }) => value)
}

export async function endOf(kafka: Kafka, place: TopicPartition, at: 'end' | 'stable' = 'end'): Promise<number> {
  return (await kafka.offsets([place], at))[0]!.offset
}

/** Until the open transactions of a partition are complete: EndTxn is answered before its markers are written. */
export async function settled(kafka: Kafka, place: TopicPartition): Promise<void> {
  await until(`${place.topic} has no open transaction`, async () => {
    return (await endOf(kafka, place, 'stable')) === (await endOf(kafka, place, 'end'))
  })
}

/** Waits for a condition, not for a time. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + deadlineMilliseconds
  const { first, last } = betweenMilliseconds
  for (let wait: number = first; !(await condition()); wait = Math.min(last, wait + 1)) {
    if (performance.now() > deadline) throw new Error(`in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

/** The fault of what a promise is rejected with; `none` when it is not. */
export async function faultOf(promise: Promise<unknown>): Promise<KafkaFault | 'none'> {
  return (await errorOf(promise))?.fault ?? 'none'
}

export async function errorOf(promise: Promise<unknown>): Promise<KafkaError | null> {
  try {
    await promise
    return null
  } catch (error) {
    if (error instanceof KafkaError) return error
    throw error
  }
}
