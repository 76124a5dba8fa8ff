/** Every topic that a thread may write to, with its size and what it takes as one record. */
import type { Clock } from '../../clock.ts'
import type { Prepared } from '../prepare/prepare.ts'
import type { OutputTopic } from './emit.ts'
import { TimeGate } from './time-limits.ts'

export function outputTopics({ plan, maxMessageBytes, timeLimits }: Prepared, clock: Clock): Map<string, OutputTopic> {
  const topics = new Map<string, OutputTopic>()
  for (const [name, partitions] of plan.partitions) {
    const limits = timeLimits?.get(name)
    const times = limits && new TimeGate(limits, () => clock.now())
    topics.set(name, { partitions, maxMessageBytes: maxMessageBytes.get(name)!, ...(times && { times }) })
  }
  return topics
}
