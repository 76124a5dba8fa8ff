/**
 * Copies of an output in which one thing is wrong each: a verifier that passes them is worth nothing. Beside them one in
 * which nothing is: a verifier that rejects it rejects for another reason.
 */
import { BatchBuilder, type Kafka, partitionsOf } from '../../scripts/tools/client.ts'
import { type CommittedRecord, committedRecords } from '../../scripts/tools/committed.ts'

/** What is done to a topic's records. */
const treatments = {
  same: (records: readonly CommittedRecord[]) => records,
  dropped: (records: readonly CommittedRecord[]) => records.toSpliced(records.length >> 1, 1),
  doubled: (records: readonly CommittedRecord[]) =>
    records.toSpliced(records.length >> 1, 0, records[records.length >> 1]!),
  cut: (records: readonly CommittedRecord[]) => records.slice(0, -Math.max(1, Math.floor(records.length / 100))),
} as const

export interface DoctoredTopic {
  readonly role: string
  readonly topic: string
  readonly isWrong: boolean
}

export function doctoredNames(topic: string): string[] {
  return Object.keys(treatments).map((treatment) => `${topic}-${treatment}`)
}

/** Makes the four copies of a topic, beside it. */
export async function doctor(kafka: Kafka, role: string, topic: string): Promise<readonly DoctoredTopic[]> {
  const records: CommittedRecord[] = []
  for await (const record of committedRecords(kafka, topic)) records.push(record)
  const partitions = (await partitionsOf(kafka, topic)).length
  const copies = Object.entries(treatments).map(([name, treat]) => ({ topic: `${topic}-${name}`, treat }))
  const configs = { 'retention.ms': '-1' }
  await kafka.topics.create(copies.map((copy) => ({ name: copy.topic, partitions, configs })))
  for (const { topic: copy, treat } of copies) await write(kafka, copy, treat(records))
  return copies.map((copy) => ({ role, topic: copy.topic, isWrong: copy.treat !== treatments.same }))
}

const flushEvery = 1_000

async function write(kafka: Kafka, topic: string, records: readonly CommittedRecord[]): Promise<void> {
  const producer = kafka.producer()
  for (let first = 0; first < records.length; first += flushEvery) {
    const batches = new Map<number, BatchBuilder>()
    for (const { partition, timestamp, key, value, headers } of records.slice(first, first + flushEvery)) {
      const batch = batches.get(partition) ?? new BatchBuilder()
      batch.append(timestamp, key, value, headers)
      batches.set(partition, batch)
    }
    await Promise.all([...batches].map(([partition, batch]) => producer.append({ topic, partition }, batch)))
  }
  await producer.close()
}
