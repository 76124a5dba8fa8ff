/** Writes the bids once; every work reads the same bytes. */
import { BatchBuilder, type Kafka, partitionFor } from '../scripts/tools/client.ts'
import { recreateTopics } from '../scripts/tools/topics.ts'
import { generateBids } from './bids.ts'
import { countName, type Input } from './work.ts'
import { bids } from './works/bids-topic.ts'

/** Of the input and of every output. */
export const partitions = 4
/** The times in the bids are not of today: without this Kafka might delete them during the run. */
export const forever = { 'retention.ms': '-1', 'message.timestamp.type': 'CreateTime' } as const

const batchBytes = 256 * 1024
const bytesInFlight = 16 * batchBytes

/** What was written, and how large it was. */
export interface Filled extends Input {
  readonly meanBytes: number
}

/** Makes the input topic anew and writes `records` bids, keyed by auction. */
export async function fill(kafka: Kafka, records: number): Promise<Filled> {
  await recreateTopics(kafka, [bids.name], [{ name: bids.name, partitions, configs: forever }])
  const producer = kafka.producer({ maxBufferedBytes: bytesInFlight })
  const batches = Array.from({ length: partitions }, () => new BatchBuilder(batchBytes))
  const sending: Promise<unknown>[] = []
  const counts = new Map<string, number>()
  let bytes = 0
  const send = async (partition: number): Promise<void> => {
    sending.push(producer.append({ topic: bids.name, partition }, batches[partition]!))
    await producer.room()
  }
  for (const { auction, dateTime, json } of generateBids(records)) {
    const key = String(auction)
    const partition = partitionOf(key)
    batches[partition]!.append(dateTime, key, json)
    bytes += json.length
    const name = countName(auction, dateTime)
    counts.set(name, (counts.get(name) ?? 0) + 1)
    if (batches[partition]!.sizeInBytes >= batchBytes) await send(partition)
  }
  for (const [partition, batch] of batches.entries()) if (batch.count > 0) await send(partition)
  await Promise.all(sending)
  await producer.close()
  return { records, counts, meanBytes: bytes / records }
}

const known = new Map<string, number>()

/** Bids come in runs of the same few auctions. */
function partitionOf(key: string): number {
  const found = known.get(key)
  if (found !== undefined) return found
  const partition = partitionFor(Buffer.from(key), partitions)
  known.set(key, partition)
  return partition
}
