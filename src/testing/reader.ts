import { partitionName } from '../record.ts'
import type { RecordCursor } from '../wire/batch.ts'
import { keyAt, type MemoryLog, valueAt } from './memory-log.ts'

/** A record as it is in the log, its headers as text; of several with one name the last. */
export interface RawRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly time: number
  readonly headers: Readonly<Record<string, string>>
}

/** Reads topics of a log, each record once. */
export class TopicReader {
  private readonly log: MemoryLog
  private readonly positions = new Map<string, number>()

  constructor(log: MemoryLog) {
    this.log = log
  }

  /** What was appended to a topic since the last call, partition by partition. */
  take(topic: string, partitions: number): RawRecord[] {
    const records: RawRecord[] = []
    for (let partition = 0; partition < partitions; partition++) {
      const place = { topic, partition }
      const end = this.log.end(place)
      const from = this.positions.get(partitionName(place)) ?? 0
      for (const cursor of this.log.records(place, from, end)) records.push(recordAt(cursor))
      this.positions.set(partitionName(place), end)
    }
    return records
  }
}

function recordAt(cursor: RecordCursor): RawRecord {
  const headers = cursor.headers().map(({ name, value }) => [name, Buffer.from(value ?? []).toString()] as const)
  return {
    key: keyAt(cursor),
    value: valueAt(cursor),
    time: cursor.timestamp,
    headers: Object.fromEntries(headers),
  }
}
