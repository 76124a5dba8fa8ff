/** Where streams and tables begin. */
import type { Duration } from '../clock.ts'
import { MillraceError } from '../faults.ts'
import type { Policy } from '../policies/policy.ts'
import { streamOf, tableOf } from './chain.ts'
import { lengthOf } from './lengths.ts'
import { tableStore } from './node-stores.ts'
import type { SourceNode, SourceRecord, TableSourceNode, TopicDefinition } from './nodes.ts'
import type { TableUpdates } from './steps/tables.ts'
import type { KeyedStream, SourceTable, Stream, VersionedTable } from './stream.ts'
import { tableSettings } from './tables/settings.ts'
import type { TableTopic, Topic, VersionedTableTopic } from './topic.ts'

export interface SourceOptions<K, V> {
  /**
   * Event time in milliseconds since 1970, set here and nowhere else. Without it Kafka's record timestamp.
   * Not finite or negative, the record is rejected.
   */
  readonly timestamp?: (value: V, record: SourceRecord & { readonly key: K }) => number
  /** How far a record may lie behind the newest one before it. Default none: then time is the newest timestamp. */
  readonly outOfOrderness?: Duration
  /**
   * A watermark of one's own, instead of `outOfOrderness`: for each record the time before which nothing comes any more
   * through its partition, or null where it says nothing about that. Time follows the largest one of each partition, once
   * its record was worked; a smaller one changes nothing. What is no time, or too far ahead, rejects the record.
   * @example from(readings, { watermark: (reading) => (reading.endsSecond ? reading.second * 1000 : null) })
   */
  readonly watermark?: (value: V, record: SourceRecord & { readonly key: K }) => number | null
  /** After so long without a record time follows the wall clock (default 30 seconds). */
  readonly idle?: { readonly after: Duration } | 'off'
  /** A timestamp further ahead of the wall clock is rejected (default 1 day). */
  readonly maxLead?: Duration | 'off'
  /**
   * How long to wait for a partition that is empty and read to its end while another has records. `always` (default)
   * waits while Kafka has more of it, however long, and no longer. A duration waits so long on top. `never` waits for
   * nothing: records may then meet late that were there in time.
   */
  readonly wait?: Duration | 'always' | 'never'
  /**
   * Stops reading where time is further ahead than this of the slowest task that still has something to read, so that
   * the rows it would have to keep meanwhile don't pile up. Default: never.
   */
  readonly maxDrift?: Duration
  /** What to do with records that can't be decoded, and with failures of later steps that don't say themselves. */
  readonly onFailure?: readonly Policy[]
}

export type VersionedSourceOptions = Pick<SourceOptions<unknown, unknown>, 'onFailure' | 'idle' | 'maxLead'>

export type TableSourceOptions = TableUpdates & VersionedSourceOptions

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
export function from<K, V>(table: VersionedTableTopic<K, V>, options?: VersionedSourceOptions): VersionedTable<K, V>
export function from<K, V>(table: TableTopic<K, V>, options?: TableSourceOptions): SourceTable<K, V>
export function from(
  topic: Topic<unknown, unknown> | TableTopic<unknown, unknown> | VersionedTableTopic<unknown, unknown>,
  options: SourceOptions<unknown, unknown> = {},
): unknown {
  const onFailure = Object.freeze([...(options.onFailure ?? [])])
  if (topic.kind === 'table') {
    return tableOf(tableSourceNode(topic, options as TableSourceOptions, onFailure), topic.key)
  }
  return streamOf(sourceNode(topic, options, onFailure), topic.key.nullable ? null : topic.key)
}

function tableSourceNode(
  topic: TopicDefinition,
  options: TableSourceOptions,
  onFailure: readonly Policy[],
): TableSourceNode {
  const table = tableSettings(options, topic.history ?? null)
  const stores = Object.freeze([tableStore(topic.name, topic, table)])
  return Object.freeze({
    kind: 'table-source',
    topic,
    store: topic.name,
    stores,
    ...table,
    ...clockLimits(options),
    onFailure,
  })
}

function sourceNode(
  topic: Topic<unknown, unknown>,
  options: SourceOptions<unknown, unknown>,
  onFailure: readonly Policy[],
): SourceNode {
  const { timestamp = null, outOfOrderness = {} } = options
  const { watermark = null, wait = 'always', maxDrift } = options
  if (watermark !== null && options.outOfOrderness !== undefined) throw twoWatermarks(topic.name)
  return Object.freeze({
    kind: 'source',
    topic,
    timestamp,
    outOfOrderness: lengthOf('outOfOrderness', outOfOrderness),
    ...clockLimits(options),
    watermark,
    wait: waitOf(wait),
    maxDrift: maxDrift === undefined ? 'off' : lengthOf('maxDrift', maxDrift),
    onFailure,
  })
}

/** What the wall clock has to say about a source. */
function clockLimits(options: VersionedSourceOptions): Pick<SourceNode, 'idleAfter' | 'maxLead'> {
  const { idle = { after: defaultIdle }, maxLead = defaultLead } = options
  return {
    idleAfter: idle === 'off' ? 'off' : lengthOf('idle', idle.after),
    maxLead: maxLead === 'off' ? 'off' : lengthOf('maxLead', maxLead),
  }
}

/** KIP-695's numbers: -1 never waits, 0 as long as Kafka has more. */
function waitOf(wait: Duration | 'always' | 'never'): number {
  if (wait === 'never') return -1
  return wait === 'always' ? 0 : lengthOf('wait', wait)
}

function twoWatermarks(topic: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1005',
    what: `The source ${topic} has both a watermark and an outOfOrderness`,
    why: 'a watermark of your own says how far time has come, so there is nothing left to subtract',
    fix: 'give one of them',
  })
}
