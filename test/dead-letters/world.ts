/** Queues on a broker, filled by hand. */
import { connectKafka } from '../../src/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import type { RecordHeader } from '../../src/record.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { ownHeaders } from './letters.ts'

export interface Written {
  readonly key?: string | null
  readonly value?: string | Uint8Array | null
  readonly headers: readonly RecordHeader[]
  readonly time?: number
}

export async function connected(address: string): Promise<Kafka> {
  const kafka = connectKafka({ brokers: [address] })
  await kafka.connect()
  return kafka
}

/** A queue as the runtime makes it; letters get the time at which they are given. */
export async function makeQueue(kafka: Kafka, name: string, partitions = 1): Promise<void> {
  await kafka.topics.create([{ name, partitions, replicationFactor: 1, configs: { 'retention.ms': '1209600000' } }])
}

export async function makeMarks(kafka: Kafka, app: string): Promise<void> {
  const configs = { 'cleanup.policy': 'compact' }
  await kafka.topics.create([{ name: `${app}.dlq-marks`, partitions: 1, replicationFactor: 1, configs }])
}

export async function write(
  kafka: Kafka,
  topic: string,
  partition: number,
  records: readonly Written[],
): Promise<void> {
  const producer = kafka.producer()
  await producer.append({ topic, partition }, batchOf(records))
  await producer.close()
}

/** Each a transaction of its own, which ends as told. */
export async function writeEach(
  kafka: Kafka,
  topic: string,
  records: readonly Written[],
  end: 'commit' | 'abort' = 'commit',
): Promise<void> {
  const transactions = kafka.transactions(`test-${topic}`, { timeout: { seconds: 30 } })
  await transactions.init()
  for (const record of records) {
    await transactions.append({ topic, partition: 0 }, batchOf([record]))
    await transactions[end]()
  }
  // Returns when the last one is complete: before that the log does not count as settled.
  await transactions.init()
  await transactions.close()
}

export async function settle(
  kafka: Kafka,
  queue: string,
  partition: number,
  offset: number,
  state: string,
): Promise<void> {
  const app = queue.slice(0, queue.indexOf('.dlq.'))
  const mark = JSON.stringify({ state, job: 'j', who: 'me', at: '2026-01-01T00:00:00Z' })
  await write(kafka, `${app}.dlq-marks`, 0, [{ key: `${queue}/${partition}/${offset}`, value: mark, headers: [] }])
}

/** A letter of ours, of the app and step it says. */
export function letter(number: number, values: Readonly<Record<string, string>> = {}, time?: number): Written {
  const headers = ownHeaders({
    version: '1',
    node: 'price',
    stage: 'process',
    'error.code': 'MR4101',
    fingerprint: 'aaaaaaaaaaaa',
    exception: 'TypeError',
    message: `no price for ${number}`,
    topic: 'in',
    partition: '0',
    offset: String(number),
    ...values,
  })
  const value = JSON.stringify({ number, order: { id: `o-${number}` } })
  return { key: `k-${number % 10}`, value, headers, ...(time !== undefined && { time }) }
}

function batchOf(records: readonly Written[]): BatchBuilder {
  const batch = new BatchBuilder()
  for (const { key = null, value = null, headers, time = Date.now() } of records)
    batch.append(time, key, value, headers)
  return batch
}
