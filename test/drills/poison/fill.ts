import { BatchBuilder, type Kafka, partitionFor } from '../../../scripts/tools/client.ts'
import { sleep, systemClock } from '../../../scripts/tools/world.ts'
import { ailmentOf, bytesOf, headersOf, keyOf } from './record.ts'

export interface Filling {
  readonly topic: string
  readonly partitions: number
  readonly records: number
  /** Records a second; 0: as fast as it goes. */
  readonly rate: number
  /** Without it only the records that are well. */
  readonly withPoison: boolean
}

const flushEvery = 2_000

/** Writes the records in the order of their numbers; resolves when Kafka has acknowledged the last one. */
export async function fill(kafka: Kafka, { topic, partitions, records, rate, withPoison }: Filling): Promise<void> {
  const producer = kafka.producer()
  const batches = Array.from({ length: partitions }, () => new BatchBuilder())
  const begun = systemClock.monotonic()
  const flush = async (): Promise<void> => {
    const filled = [...batches.entries()].filter(([, batch]) => batch.count > 0)
    await Promise.all(filled.map(([partition, batch]) => producer.append({ topic, partition }, batch)))
  }
  for (let id = 0; id < records; id++) {
    if (!withPoison && ailmentOf(id) !== 'well') continue
    const key = keyOf(id)
    batches[partitionFor(Buffer.from(key), partitions)]!.append(timeOf(id), key, bytesOf(id), headersOf(id))
    if (id % flushEvery !== flushEvery - 1) continue
    await flush()
    const ahead = rate === 0 ? 0 : (id / rate) * 1_000 - (systemClock.monotonic() - begun)
    if (ahead > 0) await sleep(systemClock, ahead)
  }
  await flush()
  await producer.close()
}

/** Kafka's timestamp of a record: long past, which a dead letter must survive. */
export function timeOf(id: number): number {
  return 1_700_000_000_000 + id
}
