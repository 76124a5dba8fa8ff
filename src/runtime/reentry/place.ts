/** Where a record that came again from a topic of ours was first read: what handlers, policies and letters see of it. */
import type { RecordHeader } from '../../record.ts'
import { type Reentry, reentryOf } from './headers.ts'

/** A record at the head of a queue. */
export interface RecordAtHead {
  readonly topic: string
  readonly partition: number
  readonly current: { readonly offset: number }
  readonly batch: { readonly timestampType: string }
  /** What the record in hand says of itself, in a queue of ours; null in all others. */
  readonly reentry: Reentry | null
}

/** Names one record for good. */
export interface RecordPlace {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestampType: string
}

/** The place in the source of the sub-topology, however often the record was moved since. */
export function placeOf({ topic, partition, current, batch, reentry }: RecordAtHead): RecordPlace {
  if (reentry === null) return { topic, partition, offset: current.offset, timestampType: batch.timestampType }
  return {
    topic: reentry.topic,
    partition: reentry.partition,
    offset: reentry.offset,
    timestampType: reentry.timestampType,
  }
}

/**
 * What a record of our own topics says of itself. Only we write there; one that says nothing all the same, produced by hand,
 * stands for itself and is due at once.
 */
export function reentryAt(
  { topic, partition, batch }: Omit<RecordAtHead, 'current' | 'reentry'>,
  cursor: { readonly offset: number; headers(): readonly RecordHeader[] },
): Reentry {
  return (
    reentryOf(cursor.headers()) ?? {
      topic,
      partition,
      offset: cursor.offset,
      timestampType: batch.timestampType,
      attempts: 0,
      firstFailedAt: 0,
      hops: 0,
      dueAt: 0,
      redriveCount: 0,
      job: '',
    }
  )
}
