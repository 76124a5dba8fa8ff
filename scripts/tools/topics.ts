/** Topics made anew: what an earlier run left must not be found by the next one. */
import { sleep, systemClock } from '../../src/clock.ts'
import type { Kafka, TopicSpec } from './client.ts'

const deletionTimeoutMilliseconds = 30_000

/**
 * Deletes the topics `old` where they exist, waits until they are gone, then creates `specs`. Deleting a topic also
 * drops the positions that groups have committed for it.
 * @throws Error when a topic is still there after 30 s
 */
export async function recreateTopics(kafka: Kafka, old: readonly string[], specs: readonly TopicSpec[]): Promise<void> {
  const present = await existing(kafka, old)
  if (present.length > 0) {
    await kafka.admin.deleteTopics(present)
    await gone(kafka, present)
  }
  await kafka.topics.create(specs)
}

async function gone(kafka: Kafka, names: readonly string[]): Promise<void> {
  const until = systemClock.monotonic() + deletionTimeoutMilliseconds
  for (;;) {
    const left = await existing(kafka, names)
    if (left.length === 0) return
    if (systemClock.monotonic() > until) throw new Error(`Kafka still has ${left.join(', ')}, which was deleted`)
    await sleep(systemClock, 50)
  }
}

async function existing(kafka: Kafka, names: readonly string[]): Promise<string[]> {
  const infos = await kafka.topics.describe(names)
  return infos.filter((info) => info.exists).map((info) => info.name)
}
