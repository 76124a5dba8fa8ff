/** Partitions as the newer group protocol speaks of them, by topic id, and as everybody else does. */
import { type Random, randomInteger } from '../../../random.ts'
import type { TopicPartition } from '../../../record.ts'
import type { TopicShare } from './consumer-group-requests.ts'

/** A topic that has no name any more was deleted: nobody can hold its partitions. */
export function placesOf(
  shares: readonly TopicShare[],
  nameOf: (topicId: string) => string | undefined,
): TopicPartition[] {
  return shares.flatMap(({ topicId, partitions }) => {
    const topic = nameOf(topicId)
    return topic === undefined ? [] : partitions.map((partition) => ({ topic, partition }))
  })
}

export function isSame(one: readonly TopicShare[], other: readonly TopicShare[] | null): boolean {
  const texts = (shares: readonly TopicShare[]): string =>
    shares
      .map(({ topicId, partitions }) => `${topicId} ${partitions.toSorted((each, next) => each - next).join()}`)
      .sort()
      .join('\n')
  return other !== null && texts(one) === texts(other)
}

/** A member names itself, by an id that nobody else has (KIP-1082). */
export function memberIdOf(random: Random): string {
  const bytes = Buffer.from(Array.from({ length: 16 }, () => randomInteger(random, 0, 255)))
  return bytes.toString('base64url')
}
