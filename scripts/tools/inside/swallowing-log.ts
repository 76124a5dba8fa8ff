/** What a world without a broker keeps of what is written: the progress of tasks, since others read it. The rest is counted. */
import type { TopicPartition } from '../../../src/record.ts'
import { partitionName } from '../../../src/record.ts'
import { MemoryLog } from '../../../src/testing/memory-log.ts'
import { readBatches } from '../../../src/wire/batch.ts'

/** What was written to a topic. */
export interface Written {
  records: number
  batches: number
  bytes: number
}

export class SwallowingLog extends MemoryLog {
  readonly written: Map<string, Written> = new Map()
  /** Told when something has come. */
  private readonly readers = new Set<() => void>()
  private readonly ends = new Map<string, number>()

  override append(partition: TopicPartition, bytes: Buffer): number {
    const first = this.end(partition)
    let records = 0
    for (const { recordCount } of readBatches(bytes)) records += recordCount
    this.count(partition.topic, records, bytes.length)
    if (isKept(partition.topic)) super.append(partition, bytes)
    else this.ends.set(partitionName(partition), first + records)
    for (const read of this.readers) read()
    return first
  }

  override end(partition: TopicPartition): number {
    return isKept(partition.topic) ? super.end(partition) : (this.ends.get(partitionName(partition)) ?? 0)
  }

  /** @returns ends it */
  onAppend(read: () => void): () => void {
    this.readers.add(read)
    return () => this.readers.delete(read)
  }

  private count(topic: string, records: number, bytes: number): void {
    const written = this.written.get(topic) ?? { records: 0, batches: 0, bytes: 0 }
    written.records += records
    written.batches++
    written.bytes += bytes
    this.written.set(topic, written)
  }
}

function isKept(topic: string): boolean {
  return topic.endsWith('.progress') || topic.endsWith('.repartition')
}
