/** The words every other room speaks: where a record is, and what travels beside its value. */

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** One header of a record. Names may repeat; a value may be null; order is kept. */
export interface RecordHeader {
  readonly name: string
  readonly value: Uint8Array | null
}

/** A time window, start inclusive and end exclusive, in event time. */
export interface Window {
  readonly start: Date
  readonly end: Date
}

/** Every partition of a topic that has `count` of them. */
export function partitionsOfTopic(topic: string, count: number): TopicPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }))
}

/** `topic-partition`, Kafka's own way to write it; used as a map key and in messages. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}
