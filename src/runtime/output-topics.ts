/** Every topic that a thread may write to, with its size and what it takes as one record. */
import type { OutputTopic } from './emit.ts'
import type { Prepared } from './prepare.ts'

export function outputTopics({ plan, maxMessageBytes }: Prepared): Map<string, OutputTopic> {
  const topics = new Map<string, OutputTopic>()
  for (const [name, partitions] of plan.partitions) {
    topics.set(name, { partitions, maxMessageBytes: maxMessageBytes.get(name)! })
  }
  return topics
}
