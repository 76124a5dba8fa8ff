/** What a processor remembers per key. */
import type { Duration } from '../clock.ts'
import { MillraceError } from '../faults.ts'
import type { Serde } from '../serde/serde.ts'
import { lengthOf } from './lengths.ts'
import type { MapState, ValueState } from './steps/processing.ts'

export interface StateOptions {
  /** A value vanishes so long after its last change, in event time; default never. */
  readonly ttl?: Duration
}

/**
 * One value per key.
 * @example process('visits', { state: { seen: valueState(number, { ttl: { hours: 1 } }) }, … })
 * @throws MillraceError MR1003 when the time to live is negative
 */
export function valueState<V>(value: Serde<V>, options?: StateOptions): ValueState<V> {
  return Object.freeze({ kind: 'value', value, ttl: ttlOf(options) })
}

/**
 * A map per key, each entry a row of its own.
 * @example process('baskets', { state: { items: mapState(text, json<Item>()) }, … })
 * @throws MillraceError MR1003 when the time to live is negative, or the keys need a schema registry
 */
export function mapState<K, V>(key: Serde<K>, value: Serde<V>, options?: StateOptions): MapState<K, V> {
  if (key.prepare !== undefined) throw unprepared(key)
  return Object.freeze({ kind: 'map', key, value, ttl: ttlOf(options) })
}

/** Keys of entries are parts of a row's key: no topic is theirs, under which a schema could be registered. */
function unprepared({ name }: { readonly name: string }): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR1003',
    what: `The keys of a mapState can't be written by ${name}`,
    why: 'it needs a schema registry, and these keys are no records',
    fix: 'use text, number or json() for them',
  })
}

function ttlOf({ ttl }: StateOptions = {}): number | null {
  return ttl === undefined ? null : lengthOf('ttl', ttl)
}
