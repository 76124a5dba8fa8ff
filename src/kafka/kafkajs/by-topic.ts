/** kafkajs asks a topic at a time. */
import type { TopicPartition } from '../../record.ts'

/** What concerns partitions, put together by topic, in order. */
export function byTopic<T extends TopicPartition>(places: readonly T[]): [string, T[]][] {
  const topics = new Map<string, T[]>()
  for (const place of places) {
    const ofTopic = topics.get(place.topic)
    if (ofTopic === undefined) topics.set(place.topic, [place])
    else ofTopic.push(place)
  }
  return [...topics]
}
