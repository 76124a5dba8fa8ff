/** Topics in memory, as batches with offsets: what a driven topology has in place of Kafka. */
import { partitionName, type TopicPartition } from '../record.ts'
import { type RecordBatch, type RecordCursor, readBatches, setBaseOffset } from '../wire/batch.ts'

export class MemoryLog {
  private readonly partitions = new Map<string, RecordBatch[]>()
  /** Where each consumed partition goes on, as the last commit left it. */
  readonly positions: Map<string, number> = new Map()

  /** Appends finished batches. @returns the offset of the first record */
  append(partition: TopicPartition, bytes: Buffer): number {
    const first = this.end(partition)
    // A builder's memory is sized for many records; what is kept here is as large as its few.
    const kept = Buffer.from(bytes)
    setBaseOffset(kept, 0, first)
    const batches = this.partitions.get(partitionName(partition)) ?? []
    batches.push(...readBatches(kept))
    this.partitions.set(partitionName(partition), batches)
    return first
  }

  end(partition: TopicPartition): number {
    return this.partitions.get(partitionName(partition))?.at(-1)?.nextOffset ?? 0
  }

  /** The batches that reach beyond `offset`. */
  read(partition: TopicPartition, offset: number): RecordBatch[] {
    const batches = this.partitions.get(partitionName(partition)) ?? []
    // Most readers are near the end.
    let first = batches.length
    while (first > 0 && batches[first - 1]!.nextOffset > offset) first--
    return batches.slice(first)
  }

  /** A cursor at each record of [from, to). */
  *records(partition: TopicPartition, from: number, to: number): Iterable<RecordCursor> {
    for (const batch of this.read(partition, from)) {
      for (const cursor = batch.cursor(); cursor.next(); ) {
        if (cursor.offset >= from && cursor.offset < to) yield cursor
      }
    }
  }
}

/** The key of the record at a cursor, or null. */
export function keyAt({ bytes, keyStart, keyEnd }: RecordCursor): Buffer | null {
  return keyStart < 0 ? null : bytes.subarray(keyStart, keyEnd)
}

/** The value of the record at a cursor, or null. */
export function valueAt({ bytes, valueStart, valueEnd }: RecordCursor): Buffer | null {
  return valueStart < 0 ? null : bytes.subarray(valueStart, valueEnd)
}
