/** Committed batches between two offsets, a partition or all at once: what every reader of a queue stands on. */
import { type FetchedPartition, type Fetcher, type Kafka, KafkaError, type PartitionOffset } from '../../kafka/port.ts'
import { partitionName, partitionsOfTopic, type TopicPartition } from '../../record.ts'
import type { RecordBatch, RecordCursor } from '../../wire/batch.ts'

/** Offsets of one partition: start inclusive, end exclusive. */
export interface Range extends TopicPartition {
  readonly start: number
  readonly end: number
}

/** A batch that reaches into its range. It may begin before it and end behind it: `recordsOf` cuts. */
export interface RangedBatch {
  readonly range: Range
  readonly batch: RecordBatch
}

/** Fetched ahead at most: of a queue as large as you like, so much is in memory. */
const littleAhead = 2 * 1024 * 1024
const pollFor = { seconds: 1 }

/** What a topic holds now and is settled: from its log start to its last stable offset. */
export async function rangesOf(kafka: Kafka, topics: readonly TopicPartition[]): Promise<Range[]> {
  if (topics.length === 0) return []
  const [starts, ends] = [await kafka.offsets(topics, 'earliest'), await kafka.offsets(topics, 'stable')]
  return starts.map(({ topic, partition, offset: start }, index) => {
    return { topic, partition, start, end: Math.max(start, ends[index]!.offset) }
  })
}

/** As `rangesOf`, for every partition of one topic. */
export async function rangesOfTopic(kafka: Kafka, topic: string, partitions: number): Promise<Range[]> {
  return rangesOf(kafka, partitionsOfTopic(topic, partitions))
}

/**
 * Reads ranges to their ends, all at the same time: batches come in the order of their partition, partitions mixed. What
 * retention deletes meanwhile is passed over.
 */
export async function* batchesOf(
  kafka: Kafka,
  ranges: readonly Range[],
  maxBytes: number = littleAhead,
): AsyncGenerator<RangedBatch> {
  const unread = new Map(ranges.filter(({ start, end }) => start < end).map((range) => [partitionName(range), range]))
  if (unread.size === 0) return
  const fetcher = kafka.fetcher({ isolation: 'read_committed', maxBytes })
  try {
    for (const range of unread.values()) fetcher.seek(range, range.start)
    while (unread.size > 0) {
      for (const fetched of await poll(kafka, fetcher, unread)) {
        const range = unread.get(partitionName(fetched))
        if (range === undefined) continue
        for (const batch of fetched.batches) if (batch.baseOffset < range.end) yield { range, batch }
        if (fetched.nextOffset < range.end) continue
        unread.delete(partitionName(fetched))
        fetcher.remove(fetched)
      }
    }
  } finally {
    await fetcher.close()
  }
}

/** The records of a batch that lie in its range: one cursor, moved on. */
export function* recordsOf({ range, batch }: RangedBatch): Generator<RecordCursor> {
  const cursor = batch.cursor()
  while (cursor.next()) if (cursor.offset >= range.start && cursor.offset < range.end) yield cursor
}

async function poll(kafka: Kafka, fetcher: Fetcher, unread: Map<string, Range>): Promise<readonly FetchedPartition[]> {
  try {
    return await fetcher.poll(pollFor)
  } catch (error) {
    if (!(error instanceof KafkaError) || error.fault !== 'out-of-range' || error.partition === null) throw error
    await goOn(kafka, fetcher, unread, error.partition)
    return []
  }
}

/** The log begins later by now. */
async function goOn(
  kafka: Kafka,
  fetcher: Fetcher,
  unread: Map<string, Range>,
  partition: TopicPartition,
): Promise<void> {
  const [earliest] = (await kafka.offsets([partition], 'earliest')) as [PartitionOffset]
  const range = unread.get(partitionName(partition))
  if (range !== undefined && earliest.offset < range.end) return fetcher.seek(partition, earliest.offset)
  unread.delete(partitionName(partition))
  fetcher.remove(partition)
}
