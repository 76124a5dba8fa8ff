/** Rows of a file as records of a topic. */
import { BatchBuilder, type Kafka, partitionFor, partitionsOf } from '../../scripts/tools/client.ts'

/** A record to be written; without a key it goes to the partitions in turn. */
export interface Row {
  readonly key: string | null
  readonly value: unknown
  /** Milliseconds since 1970. */
  readonly time: number
}

const flushEvery = 2_000

/** Writes rows in their order, values as JSON; resolves when Kafka has acknowledged the last one. */
export async function fill(kafka: Kafka, topic: string, rows: Iterable<Row>): Promise<void> {
  const partitions = (await partitionsOf(kafka, topic)).length
  const producer = kafka.producer()
  const batches = Array.from({ length: partitions }, () => new BatchBuilder())
  const flush = async (): Promise<void> => {
    const filled = [...batches.entries()].filter(([, batch]) => batch.count > 0)
    await Promise.all(filled.map(([partition, batch]) => producer.append({ topic, partition }, batch)))
  }
  let count = 0
  for (const { key, value, time } of rows) {
    const partition = key === null ? count % partitions : partitionFor(Buffer.from(key), partitions)
    batches[partition]!.append(time, key, JSON.stringify(value))
    if (++count % flushEvery === 0) await flush()
  }
  await flush()
  await producer.close()
}
