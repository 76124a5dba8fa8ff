/** How topics of ours are made. */
import type { TopicSpec } from '../../kafka/port.ts'
import type { InternalTopic } from '../../topology/graph.ts'
import { anyTime } from '../commit/time-limits.ts'
import type { Plan } from '../plan.ts'

/** Room for the headers of a dead letter (`failures.md` 3). */
export const letterRoom = 32_768
/** Room for what a row adds to the record it was made of. */
const rowRoom = 4_096
/** Kafka's own `delete.retention.ms`. */
const defaultTombstones = 86_400_000
/** Kafka's own `max.message.bytes` where nobody said otherwise. */
export const defaultMaxMessageBytes = 1_048_588
/** A cluster may delete by size where a topic does not say otherwise. */
const whateverSize = { 'retention.bytes': '-1' }
/** Only what has been read is deleted, by us. */
const forEver = {
  'cleanup.policy': 'delete',
  'retention.ms': '-1',
  ...whateverSize,
  'message.timestamp.type': 'CreateTime',
}

/** @param maxMessageBytes of all topics that are read */
export function specOf(internal: InternalTopic, plan: Plan, maxMessageBytes: ReadonlyMap<string, number>): TopicSpec {
  return {
    name: internal.name,
    partitions: plan.partitions.get(internal.name)!,
    configs: configsOf(internal, maxMessageBytes),
  }
}

function largestOf(maxMessageBytes: ReadonlyMap<string, number>): number {
  return Math.max(defaultMaxMessageBytes, ...maxMessageBytes.values())
}

/** A row may be as large as the records that are read. */
function largeRows(maxMessageBytes: ReadonlyMap<string, number>): Record<string, string> {
  const largest = largestOf(maxMessageBytes)
  return largest === defaultMaxMessageBytes ? {} : { 'max.message.bytes': String(largest + rowRoom) }
}

/** Compaction takes tombstones away by the wall clock; a deletion that must be known longer needs its own longer. */
function tombstones({ tombstonesFor = 0 }: InternalTopic): Record<string, string> {
  return tombstonesFor <= defaultTombstones ? {} : { 'delete.retention.ms': String(tombstonesFor) }
}

function configsOf(internal: InternalTopic, maxMessageBytes: ReadonlyMap<string, number>): Record<string, string> {
  switch (internal.kind) {
    case 'repartition':
      return { ...forEver, ...anyTime }
    case 'retry':
    case 'redrive':
      // Event times are kept, and may be old: only what has been read is deleted.
      return {
        ...forEver,
        ...anyTime,
        'max.message.bytes': String(largestOf(maxMessageBytes) + letterRoom),
      }
    case 'marks':
      return { 'cleanup.policy': 'compact', 'retention.ms': '-1' }
    case 'audit':
      return { 'cleanup.policy': 'delete', 'retention.ms': '-1', ...whateverSize }
    case 'changelog':
      return {
        'cleanup.policy': 'compact',
        'retention.ms': '-1',
        'message.timestamp.type': 'CreateTime',
        ...anyTime,
        'segment.bytes': '52428800',
        ...largeRows(maxMessageBytes),
        ...tombstones(internal),
      }
    case 'progress':
      return {
        'cleanup.policy': 'compact',
        'retention.ms': '-1',
        'segment.bytes': '10485760',
        'min.cleanable.dirty.ratio': '0.1',
      }
    case 'dead-letter':
      // LogAppendTime: a source timestamp of 1970 would be deleted by retention at once.
      return {
        'cleanup.policy': 'delete',
        'retention.ms': String(14 * 86_400_000),
        ...whateverSize,
        'message.timestamp.type': 'LogAppendTime',
        'max.message.bytes': String(largestOf(maxMessageBytes) + letterRoom),
      }
  }
}
