/** A record that waits for an answer: what its handlers still see of it, and what its dead letter would hold. */
import type { RecordHeader } from '../../record.ts'
import type { FailedRecord } from '../failures/dead-letter.ts'
import { placeOf } from '../reentry/place.ts'
import type { PartitionQueue } from '../tasks/queue.ts'

export interface KeptRecord {
  readonly source: FailedRecord
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** Place of its queue among the task's inputs. */
  readonly input: number
  /** In that queue; that of `source` is where it was first read. */
  readonly offset: number
}

/** Keeps the record at the head of a queue, in bytes of its own: the fetched batch goes its way. */
export function keepRecord(queue: PartitionQueue): KeptRecord {
  const { index, current, reentry } = queue
  const { timestamp, bytes, keyStart, keyEnd, valueStart, valueEnd } = current
  const { topic, partition, offset, timestampType } = placeOf(queue)
  const headers: readonly RecordHeader[] = current.headers().map(({ name, value }) => {
    return { name, value: value === null ? null : Buffer.from(value) }
  })
  return {
    source: { topic, partition, offset, timestamp, timestampType, headers, reentry },
    key: keyStart < 0 ? null : Buffer.from(bytes.subarray(keyStart, keyEnd)),
    value: valueStart < 0 ? null : Buffer.from(bytes.subarray(valueStart, valueEnd)),
    input: index,
    offset: current.offset,
  }
}
