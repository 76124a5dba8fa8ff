/**
 * Where Kafka keeps positions: a topic of its own, which transactions name when they commit some. Here it is a name
 * only, so that a group's positions are part of a transaction exactly when Kafka's would be.
 */
import type { TopicPartition } from '../../record.ts'

export const offsetsTopic = '__consumer_offsets'
/** Kafka's `offsets.topic.num.partitions`. */
const partitionCount = 50

/** The partition that holds a group's positions: Java's hash of the name. */
export function offsetsPartition(groupId: string): TopicPartition {
  let hash = 0
  for (let index = 0; index < groupId.length; index++) hash = (Math.imul(hash, 31) + groupId.charCodeAt(index)) | 0
  return { topic: offsetsTopic, partition: (hash & 0x7fffffff) % partitionCount }
}
