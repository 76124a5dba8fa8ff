/** Which topics the members of a group read, by name and by regular expression. */
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

/** null when the text is no regular expression. It has to match a whole name, and is JavaScript's, not RE2's. */
export function topicPattern(regex: string): RegExp | null {
  try {
    return new RegExp(`^(?:${regex})$`)
  } catch {
    return null
  }
}

/** The topics there are of those that a member reads. A regular expression finds none of the broker's own. */
export function topicsOf({ topicNames, topicRegex }: ConsumerMember, topics: KnownTopics): KnownTopic[] {
  const found = new Map<string, KnownTopic>()
  for (const name of topicNames) {
    const topic = topics.get(name)
    if (topic !== undefined) found.set(name, topic)
  }
  const pattern = topicRegex === '' ? null : topicPattern(topicRegex)
  if (pattern === null) return [...found.values()]
  for (const topic of topics.all()) if (!topic.isInternal && pattern.test(topic.name)) found.set(topic.name, topic)
  return [...found.values()]
}
