/** Sends a record to a retry topic: verbatim, in the transaction that advances its offset (`failures.md` 2). */
import { toError } from '../../faults.ts'
import { publish } from '../../observe/events.ts'
import { topicNames } from '../../topology/graph.ts'
import type { Outputs } from '../commit/emit.ts'
import { type FailedRecord, historyOf } from '../failures/dead-letter.ts'
import { defaultMaxMessageBytes } from '../prepare/internal-settings.ts'
import type { Thread } from '../settings.ts'
import type { Task } from '../tasks/task.ts'
import { stripOwnHeaders } from '../time/marks.ts'
import { oneMoreThrough, type Reentry, reentryHeaders } from './headers.ts'

export interface RetryPorts {
  readonly thread: Thread
  readonly outputs: Outputs
  readonly task: Task
}

/** A record that failed. */
export interface FailedBytes {
  readonly source: FailedRecord
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly error: unknown
  /** Since this owner read it. */
  readonly attempts: number
  /** Wall time of the first of them, milliseconds. */
  readonly firstFailedAt: number
}

export interface RetryTopic {
  readonly name: string
  /** Milliseconds. */
  readonly delay: number
}

/**
 * The record comes again from `<app>.retry.<name>.<delay>`, not before the delay is over. Its Kafka timestamp is kept.
 * @example if (fitsRetry(thread, failed, decision)) sendToRetry({ thread, outputs, task }, failed, decision)
 */
export function sendToRetry({ thread, outputs, task }: RetryPorts, failed: FailedBytes, retry: RetryTopic): void {
  const { source, key, value } = failed
  const { clock, counters, graph } = thread
  const topic = topicNames.retry(graph.app, retry.name, retry.delay)
  const headers = [...stripOwnHeaders(source.headers), ...reentryHeaders(nextReentry(failed, retry, clock.now()))]
  outputs.append(null, topic, task.description.partition, source.timestamp, key, value, headers)
  task.reentryEnds.wrote(topic)
  counters.retried++
  tellRetried(task, failed, retry)
}

function tellRetried({ id: task }: Task, { source, error }: FailedBytes, { name, delay }: RetryTopic): void {
  const { topic, partition, offset } = source
  publish('record.retried', () => {
    return { task, topic, partition, offset, retry: name, delay, reason: toError(error).message }
  })
}

/** What the headers of ours and a batch of one record add at most. */
const room = 4_096

/** False for a record that the topic would refuse: read from a compressed batch, it may be larger than its own topic takes. */
export function fitsRetry(
  { graph, prepared }: Thread,
  { source, key, value }: FailedBytes,
  { name, delay }: RetryTopic,
): boolean {
  const headers = source.headers.map((header) => header.name.length * 3 + (header.value?.length ?? 0) + 10)
  const size = (key?.length ?? 0) + (value?.length ?? 0) + headers.reduce((sum, each) => sum + each, room)
  const limit = prepared.maxMessageBytes.get(topicNames.retry(graph.app, name, delay)) ?? defaultMaxMessageBytes
  return size <= limit
}

/** What the record will say of itself when it comes again. */
export function nextReentry(failed: FailedBytes, { name, delay }: RetryTopic, now: number): Reentry {
  const { topic, partition, offset, timestampType, reentry } = failed.source
  const { attempts, firstFailedAt, redriveCount } = historyOf({ ...failed, at: now })
  return {
    topic,
    partition,
    offset,
    timestampType,
    attempts,
    firstFailedAt,
    hops: (reentry?.hops ?? 0) + 1,
    through: oneMoreThrough(reentry?.through, name),
    dueAt: now + delay,
    redriveCount,
    job: reentry?.job ?? '',
  }
}
