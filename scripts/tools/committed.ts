/** A whole topic as a read_committed reader sees it. */
import { partitionName, type RecordHeader } from '../../src/record.ts'
import type { RecordBatch } from '../../src/wire/batch.ts'
import { type Kafka, partitionsOf } from './client.ts'

/** A record with its bytes copied: it may be kept. */
export interface CommittedRecord {
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

/**
 * Every committed batch of a topic, from its first offset to the end it has now. Waits while a transaction below that
 * end is open or its marker is on its way.
 */
export async function* committedBatches(kafka: Kafka, topic: string): AsyncGenerator<RecordBatch> {
  for await (const { batch } of partitionBatches(kafka, topic)) yield batch
}

/** Every committed record of a topic. @example for await (const { value } of committedRecords(kafka, 'lines')) … */
export async function* committedRecords(kafka: Kafka, topic: string): AsyncGenerator<CommittedRecord> {
  for await (const { partition, batch } of partitionBatches(kafka, topic)) {
    for (const cursor = batch.cursor(); cursor.next(); ) {
      yield {
        partition,
        offset: cursor.offset,
        timestamp: cursor.timestamp,
        key: copy(cursor.bytes, cursor.keyStart, cursor.keyEnd),
        value: copy(cursor.bytes, cursor.valueStart, cursor.valueEnd),
        headers: cursor.headers(),
      }
    }
  }
}

async function* partitionBatches(
  kafka: Kafka,
  topic: string,
): AsyncGenerator<{ readonly partition: number; readonly batch: RecordBatch }> {
  const partitions = await partitionsOf(kafka, topic)
  const begins = await kafka.offsets(partitions, 'earliest')
  const ends = new Map((await kafka.offsets(partitions, 'end')).map((end) => [partitionName(end), end.offset]))
  const fetcher = kafka.fetcher({ isolation: 'read_committed' })
  const unread = new Set<string>()
  for (const begin of begins) {
    if (begin.offset >= ends.get(partitionName(begin))!) continue
    unread.add(partitionName(begin))
    fetcher.seek(begin, begin.offset)
  }
  try {
    while (unread.size > 0) {
      for (const fetched of await fetcher.poll({ seconds: 1 })) {
        for (const batch of fetched.batches) yield { partition: fetched.partition, batch }
        if (fetched.nextOffset >= ends.get(partitionName(fetched))!) unread.delete(partitionName(fetched))
      }
    }
  } finally {
    await fetcher.close()
  }
}

/** A view would keep the whole fetched frame in memory. */
function copy(bytes: Buffer, start: number, end: number): Buffer | null {
  return start < 0 ? null : Buffer.from(bytes.subarray(start, end))
}
