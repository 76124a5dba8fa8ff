/** Records as they are in Kafka, written batch by batch and read back. */
import { type CommittedRecord, committedRecords } from '../../scripts/tools/committed.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import type { RecordHeader } from '../../src/record.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'

export interface RawRecord {
  readonly key?: Uint8Array | string | null
  readonly value?: Uint8Array | string | null
  readonly headers?: readonly RecordHeader[]
  readonly time?: number
}

/** A header of text. */
export function header(name: string, value: string | null): RecordHeader {
  return { name, value: value === null ? null : Buffer.from(value) }
}

/** Each in a batch of its own, to partition 0. */
export async function write(kafka: Kafka, topic: string, records: readonly RawRecord[]): Promise<void> {
  const producer = kafka.producer()
  for (const record of records) {
    const batch = new BatchBuilder()
    add(batch, record)
    await producer.append({ topic, partition: 0 }, batch)
  }
  await producer.close()
}

/** As `BatchBuilder.append`, with what is left out. */
export function add(batch: BatchBuilder, { key = 'k', value = null, headers, time = 1_000 }: RawRecord): void {
  batch.append(time, key, value, headers)
}

export async function read(kafka: Kafka, topic: string): Promise<CommittedRecord[]> {
  const records: CommittedRecord[] = []
  for await (const record of committedRecords(kafka, topic)) records.push(record)
  return records
}

/** The last of each name, as text. */
export function textsOf(headers: readonly RecordHeader[]): Readonly<Record<string, string>> {
  return Object.fromEntries(headers.map(({ name, value }) => [name, Buffer.from(value ?? []).toString()]))
}

/** A value with which a batch of one record has exactly so many bytes. */
export function valueFor(bytes: number): Buffer {
  for (let length = bytes - 100; ; length++)
    if (sizeOf(Buffer.alloc(length)) === bytes) return Buffer.alloc(length, 'x')
}

function sizeOf(value: Uint8Array): number {
  const batch = new BatchBuilder()
  add(batch, { value })
  return batch.build({}).length
}
