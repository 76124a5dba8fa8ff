/** Where streams and tables begin. */
import { type Duration, toMilliseconds } from '../clock.ts'
import { MillraceError } from '../faults.ts'
import type { Policy } from '../policies/policy.ts'
import { streamOf, tableOf } from './chain.ts'
import type { SourceNode, SourceRecord, TableSourceNode } from './nodes.ts'
import type { KeyedStream, Stream, Table } from './stream.ts'
import type { TableTopic, Topic } from './topic.ts'

export interface SourceOptions<K, V> {
  /**
   * Event time in milliseconds since 1970, set here and nowhere else. Without it Kafka's record timestamp.
   * Not finite or negative, the record is rejected.
   */
  readonly timestamp?: (value: V, record: SourceRecord & { readonly key: K }) => number
  /** How far a record may lie behind the newest one before it (default none). */
  readonly outOfOrderness?: Duration
  /** After so long without a record time follows the wall clock (default 30 seconds). */
  readonly idle?: { readonly after: Duration } | 'off'
  /** A timestamp further ahead of the wall clock is rejected (default 1 day). */
  readonly maxLead?: Duration | 'off'
  /** What to do with records that can't be decoded, and with failures of later steps that don't say themselves. */
  readonly onFailure?: readonly Policy[]
}

/** A stream of a topic whose keys are never null is partitioned by its key; else `keyBy` has to come before a fold. */
export type StreamFrom<K, V> = null extends K ? Stream<K, V> : KeyedStream<K, V>

const defaultIdle: Duration = { seconds: 30 }
const defaultLead: Duration = { days: 1 }

/**
 * Reads a topic as a stream, or a compacted topic as a table.
 * @example from(orders, { timestamp: (order) => order.placedAt, outOfOrderness: { minutes: 5 } })
 * @throws MillraceError MR1003 for a duration that can't be
 */
export function from<K, V>(topic: Topic<K, V>, options?: SourceOptions<K, V>): StreamFrom<K, V>
export function from<K, V>(table: TableTopic<K, V>, options?: Pick<SourceOptions<K, V>, 'onFailure'>): Table<K, V, null>
export function from(
  topic: Topic<unknown, unknown> | TableTopic<unknown, unknown>,
  options: SourceOptions<unknown, unknown> = {},
): unknown {
  const onFailure = Object.freeze([...(options.onFailure ?? [])])
  if (topic.kind === 'table') {
    const node: TableSourceNode = { kind: 'table-source', topic, store: topic.name, onFailure }
    return tableOf(Object.freeze(node), topic.key)
  }
  return streamOf(sourceNode(topic, options, onFailure), topic.key.nullable ? null : topic.key)
}

function sourceNode(
  topic: Topic<unknown, unknown>,
  options: SourceOptions<unknown, unknown>,
  onFailure: readonly Policy[],
): SourceNode {
  const { timestamp = null, outOfOrderness = {}, idle = { after: defaultIdle }, maxLead = defaultLead } = options
  return Object.freeze({
    kind: 'source',
    topic,
    timestamp,
    outOfOrderness: lengthOf('outOfOrderness', outOfOrderness),
    idleAfter: idle === 'off' ? 'off' : lengthOf('idle', idle.after),
    maxLead: maxLead === 'off' ? 'off' : lengthOf('maxLead', maxLead),
    onFailure,
  })
}

function lengthOf(option: string, duration: Duration): number {
  const length = toMilliseconds(duration)
  if (Number.isSafeInteger(length) && length >= 0) return length
  throw new MillraceError('fatal', {
    code: 'MR1003',
    what: `${option} must be a whole number of milliseconds, not negative`,
    why: `it is ${length} ms`,
  })
}
