/** Which topics are queues of dead letters, and whose. */
import { MillraceError } from '../faults.ts'
import type { Kafka, TopicInfo } from '../kafka/port.ts'
import { type Range, rangesOfTopic } from './batches.ts'

const infix = '.dlq.'

/**
 * The app and the name of a queue; null for a topic that is none of ours.
 * @example queueOf('shop.dlq.orders') // { app: 'shop', name: 'orders' }
 */
export function queueOf(topic: string): { readonly app: string; readonly name: string } | null {
  const at = topic.indexOf(infix)
  if (at < 1 || at + infix.length === topic.length) return null
  return { app: topic.slice(0, at), name: topic.slice(at + infix.length) }
}

/** All topics of the cluster, or none where the client can't list them. */
export async function listTopics(kafka: Kafka): Promise<readonly TopicInfo[]> {
  return (await kafka.topics.list?.()) ?? []
}

/**
 * The queue that a person means: a topic's name, or what stands behind `.dlq.` where only one app has such a queue.
 * @throws MillraceError MR4401
 */
export async function findQueue(kafka: Kafka, name: string, app: string | null = null): Promise<TopicInfo> {
  const candidates = app === null ? [name] : [`${app}${infix}${name}`, name]
  const described = await kafka.topics.describe(candidates.filter((each) => /^[a-zA-Z0-9._-]{1,249}$/.test(each)))
  const exact = described.find(({ exists }) => exists)
  if (exact !== undefined) return exact
  const queues = (await listTopics(kafka)).filter((topic) => queueOf(topic.name) !== null)
  const alike = queues.filter((topic) => queueOf(topic.name)!.name === name && app === null)
  if (alike.length === 1) return alike[0]!
  throw noQueue(name, alike.length > 1 ? alike : queues, alike.length > 1)
}

/** What a queue holds, and whose it is: null for a foreign one. @throws MillraceError MR4401 */
export async function rangesOfQueue(
  kafka: Kafka,
  queue: string,
): Promise<{ readonly app: string | null; readonly ranges: readonly Range[] }> {
  const { name, partitions } = await findQueue(kafka, queue)
  return { app: queueOf(name)?.app ?? null, ranges: await rangesOfTopic(kafka, name, partitions) }
}

function noQueue(name: string, others: readonly TopicInfo[], isAmbiguous: boolean): MillraceError {
  const names = others.map((topic) => topic.name).sort()
  const listed = names.length > 10 ? [...names.slice(0, 10), '…'] : names
  return new MillraceError('fatal', {
    code: 'MR4401',
    what: isAmbiguous ? `Several queues are named ${name}` : `There is no queue of dead letters ${name}`,
    ...(listed.length > 0 && { why: `there are ${listed.join(', ')}` }),
    fix: isAmbiguous ? 'Give the whole name of the topic' : 'millrace dlq ls shows the queues',
  })
}
