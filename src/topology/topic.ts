/** A topic as a value: its name and how its keys and values are written. */
import type { Duration } from '../clock.ts'
import { nullable } from '../serde/nullable.ts'
import type { Serde } from '../serde/serde.ts'
import { text } from '../serde/text.ts'
import { lengthOf } from './lengths.ts'
import { checkName } from './names.ts'
import type { TopicDefinition } from './nodes.ts'

/** What `to` asks of a topic: that it takes this key and this value. */
export interface WritableTopic<K, V> extends TopicDefinition {
  /** Exists for the compiler only: a topic of wider types may be written with narrower ones, never the other way. */
  readonly accepts?: ((key: K, value: V) => void) | undefined
}

/** A stream of records in Kafka. */
export interface Topic<K, V> extends WritableTopic<K, V> {
  readonly kind: 'topic'
  readonly key: Serde<K>
  readonly value: Serde<V>
}

/** A compacted topic: the latest value per key counts, null deletes. Partitioned over the workers. */
export interface TableTopic<K, V> extends WritableTopic<K, V | null> {
  readonly kind: 'table'
  readonly key: Serde<K>
  readonly value: Serde<V>
  readonly history?: never
}

/** A table that remembers what each row was, for as long as its history says. */
export interface VersionedTableTopic<K, V> extends Omit<TableTopic<K, V>, 'history'> {
  /** Milliseconds of event time. */
  readonly history: number
}

/** A compacted topic of which every worker holds a whole copy, so that it can be looked up by any key. */
export interface GlobalTable<K, V> extends WritableTopic<K, V | null> {
  readonly kind: 'global-table'
  readonly key: Serde<K>
  readonly value: Serde<V>
}

/** How keys and values are written. */
export interface TopicOptions<K, V> {
  readonly key?: Serde<K>
  readonly value: Serde<V>
}

/**
 * A topic of yours. Its keys are text or null unless a serde says otherwise.
 * @example const orders = topic('orders', { key: text, value: json(Order) })
 * @throws MillraceError MR4002 when Kafka can't take the name
 */
export function topic<V, K = string | null>(name: string, options: TopicOptions<K, V>): Topic<K, V> {
  return define('topic', name, options.key ?? nullable(text), options.value) as Topic<K, V>
}

/**
 * A compacted topic, read as a table with `from`. Its keys are text unless a serde says otherwise.
 * @example const customers = table('customers', { value: json(Customer) })
 * @throws MillraceError MR4002 when Kafka can't take the name
 */
export function table<V, K = string>(name: string, options: TopicOptions<K, V>): TableTopic<K, V> {
  return define('table', name, options.key ?? text, options.value) as TableTopic<K, V>
}

/**
 * A compacted topic, read with `from` as a table for joins as of a record's time. Versions are kept in a changelog of the
 * topology: those that compaction takes from the topic before they are read are not known.
 * @example const prices = versionedTable('prices', { value: json(Price), history: { days: 30 } })
 * @throws MillraceError MR4002 when Kafka can't take the name, MR1003 for a history that can't be
 */
export function versionedTable<V, K = string>(
  name: string,
  options: TopicOptions<K, V> & { readonly history: Duration },
): VersionedTableTopic<K, V> {
  const defined = define('table', name, options.key ?? text, options.value)
  return Object.freeze({ ...defined, history: lengthOf('history', options.history) }) as VersionedTableTopic<K, V>
}

/**
 * A compacted topic for `lookup`. Its keys are text unless a serde says otherwise.
 * @example const airlines = globalTable('airlines', { value: json(Airline) })
 * @throws MillraceError MR4002 when Kafka can't take the name
 */
export function globalTable<V, K = string>(name: string, options: TopicOptions<K, V>): GlobalTable<K, V> {
  return define('global-table', name, options.key ?? text, options.value) as GlobalTable<K, V>
}

function define(
  kind: TopicDefinition['kind'],
  name: string,
  key: Serde<unknown>,
  value: Serde<unknown>,
): TopicDefinition {
  return Object.freeze({ kind, name: checkName('topic', name), key, value })
}
