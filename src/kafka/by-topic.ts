/** Partitions grouped under their topics, as most requests want them. */
import type { TopicPartition } from '../record.ts'

export function byTopic<P extends TopicPartition>(partitions: Iterable<P>): [string, P[]][] {
  const topics = new Map<string, P[]>()
  for (const partition of partitions) {
    const ofTopic = topics.get(partition.topic)
    if (ofTopic === undefined) topics.set(partition.topic, [partition])
    else ofTopic.push(partition)
  }
  return [...topics]
}
