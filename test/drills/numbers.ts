/** Topics whose records are named by a number each: written, and counted where they must be. */
import { BatchBuilder, type Kafka, partitionFor } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'

const flushEvery = 2_000

/** The records are of 2023: without this Kafka deletes them, and what is made of them, while the drill runs. */
export const forever: Readonly<Record<string, string>> = { 'retention.ms': '-1' }

export interface NumberedRecord {
  readonly key: string
  readonly value: unknown
}

/** Writes records as JSON, by the partitions of their keys. */
export async function write(
  kafka: Kafka,
  topic: string,
  partitions: number,
  records: Iterable<NumberedRecord>,
): Promise<void> {
  const producer = kafka.producer()
  const batches = Array.from({ length: partitions }, () => new BatchBuilder())
  const flush = async (): Promise<void> => {
    const filled = [...batches.entries()].filter(([, batch]) => batch.count > 0)
    await Promise.all(filled.map(([partition, batch]) => producer.append({ topic, partition }, batch)))
  }
  let count = 0
  for (const { key, value } of records) {
    batches[partitionFor(Buffer.from(key), partitions)]!.append(1_700_000_000_000 + count, key, JSON.stringify(value))
    if (++count % flushEvery === 0) await flush()
  }
  await flush()
  await producer.close()
}

/** How often each number from 0 on is in a topic of JSON values that have an `id`. */
export async function countIds(kafka: Kafka, topic: string, records: number): Promise<Uint8Array> {
  const seen = new Uint8Array(records)
  for await (const { value } of committedRecords(kafka, topic)) {
    const { id } = JSON.parse(String(value)) as { id: number }
    seen[id]!++
  }
  return seen
}

export interface Counted {
  readonly found: number
  readonly lost: number
  readonly doubled: number
}

export function tally(seen: Uint8Array): Counted {
  let [found, lost, doubled] = [0, 0, 0]
  for (const times of seen) {
    found += times
    if (times === 0) lost++
    if (times > 1) doubled += times - 1
  }
  return { found, lost, doubled }
}

/** Committed records of a topic. */
export async function countRecords(kafka: Kafka, topic: string): Promise<number> {
  let count = 0
  for await (const _ of committedRecords(kafka, topic)) count++
  return count
}
