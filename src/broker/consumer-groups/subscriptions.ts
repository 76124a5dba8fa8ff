/** Which topics the members of a group read, by name and by regular expression. */
import { matching } from '../patterns.ts'
import type { ConsumerMember } from './member.ts'

export interface KnownTopic {
  readonly name: string
  readonly id: string
  readonly isInternal: boolean
  readonly partitions: { readonly length: number }
}

/** What the coordinator asks of the topics. */
export interface KnownTopics {
  get(name: string): KnownTopic | undefined
  all(): readonly KnownTopic[]
}

/** The topics there are of those that a member reads. A regular expression finds none of the broker's own. */
export function topicsOf({ topicNames, topicRegex }: ConsumerMember, topics: KnownTopics): KnownTopic[] {
  const found = new Map<string, KnownTopic>()
  for (const name of topicNames) {
    const topic = topics.get(name)
    if (topic !== undefined) found.set(name, topic)
  }
  if (topicRegex === '') return [...found.values()]
  const open = topics.all().filter(({ isInternal }) => !isInternal)
  const names = matching(
    topicRegex,
    open.map(({ name }) => name),
  )
  for (const topic of open) if (names?.has(topic.name)) found.set(topic.name, topic)
  return [...found.values()]
}
