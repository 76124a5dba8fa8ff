/** What a simulated producer writes: records of a topic, made from a number and randomness. */
import type { Random } from '../../random.ts'
import type { RecordHeader } from '../../record.ts'
import type { TypedTopic } from '../flow.ts'

/** One record to be written. */
export interface FedRecord<K, V> {
  readonly key?: K | null
  readonly value: V | null
  /** Kafka's timestamp, milliseconds since 1970; by default the virtual time at which it is written. */
  readonly time?: number
  /** By default drawn, the same for each key. */
  readonly partition?: number
  readonly headers?: readonly RecordHeader[]
}

/** What the maker of a record may look at. */
export interface FeedMoment {
  /** Which record of the feed, from 0. */
  readonly index: number
  readonly random: Random
  /** When it is going to be written. */
  readonly now: number
}

/** A record as bytes. */
export interface FedBytes {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly time: number
  readonly partition: number | null
  readonly headers: readonly RecordHeader[]
}

/** A topic and what is written to it. Made by `feed`. */
export interface Feed {
  readonly topic: { readonly name: string; readonly kind?: string }
  /** How many of each hundred records are of this feed, beside the shares of the others. */
  readonly share: number
  readonly partitions: number | null
  record(moment: FeedMoment): FedBytes
}

export interface FeedOptions {
  /** Its share of all records, beside those of the other feeds; 1 when left out. */
  readonly share?: number
  /** Partitions of its topic; drawn from the seed when left out. */
  readonly partitions?: number
}

/**
 * Records for one topic of a simulated run. Everything drawn must come from `random`, so that a seed repeats.
 * @example feed(orders, ({ index, random }) => ({ key: `c${index % 7}`, value: { total: Math.floor(random.next() * 100) } }))
 */
export function feed<K, V>(
  topic: TypedTopic<K, V>,
  make: (moment: FeedMoment) => FedRecord<NoInfer<K>, NoInfer<V>>,
  { share = 1, partitions }: FeedOptions = {},
): Feed {
  const { key: keySerde, value: valueSerde } = topic
  return {
    topic,
    share,
    partitions: partitions ?? null,
    record(moment) {
      const { key = null, value, time, partition, headers } = make(moment)
      return {
        key: key === null ? null : bytesOf(keySerde.encode(key)),
        value: value === null ? null : bytesOf(valueSerde.encode(value)),
        time: time ?? moment.now,
        partition: partition ?? null,
        headers: headers ?? [],
      }
    },
  }
}

function bytesOf(encoded: Uint8Array | string | null): Buffer | null {
  return encoded === null ? null : Buffer.from(encoded)
}
