/** Which topics are queues of dead letters, and whose. */

import { alike } from '../alike.ts'
import { MillraceError } from '../faults.ts'
import type { Kafka, TopicInfo } from '../kafka/port.ts'
import { type Range, rangesOfTopic } from './reading/batches.ts'

const infix = '.dlq.'
/** Queues that an error names. */
const mostNamed = 10

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
 * The queue that a person means: what stands behind `.dlq.` where only one app has such a queue, else a topic's name. A
 * queue goes before its source: where nobody says otherwise they have the same name.
 * @throws MillraceError MR4401
 */
export async function findQueue(kafka: Kafka, name: string, app: string | null = null): Promise<TopicInfo> {
  if (app !== null || queueOf(name) !== null) {
    const exact = await findTopic(kafka, app === null ? [name] : [`${app}${infix}${name}`, name])
    if (exact !== null) return exact
  }
  const queues = (await listTopics(kafka)).filter((topic) => queueOf(topic.name) !== null)
  const namesakes = app === null ? queues.filter((topic) => queueOf(topic.name)!.name === name) : []
  if (namesakes.length > 1) throw ambiguous(name, namesakes)
  const found = namesakes[0] ?? (await findTopic(kafka, [name]))
  if (found === null) throw noQueue(name, queues)
  return found
}

/** The first of these topics that there is. */
async function findTopic(kafka: Kafka, names: readonly string[]): Promise<TopicInfo | null> {
  const described = await kafka.topics.describe(names.filter((each) => /^[a-zA-Z0-9._-]{1,249}$/.test(each)))
  return described.find(({ exists }) => exists) ?? null
}

/** A topic, whoever writes it. @throws MillraceError MR4401 */
export async function requireTopic(kafka: Kafka, name: string): Promise<TopicInfo> {
  return (await findTopic(kafka, [name])) ?? findQueue(kafka, name)
}

/** What a queue holds, and whose it is: null for a foreign one. @throws MillraceError MR4401 */
export async function rangesOfQueue(
  kafka: Kafka,
  queue: string,
): Promise<{ readonly app: string | null; readonly ranges: readonly Range[] }> {
  const { name, partitions } = await requireTopic(kafka, queue)
  return { app: queueOf(name)?.app ?? null, ranges: await rangesOfTopic(kafka, name, partitions) }
}

function ambiguous(name: string, queues: readonly TopicInfo[]): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4401',
    what: `Several queues are named ${name}`,
    why: `there are ${namesOf(queues)}`,
    fix: 'Give the whole name of the topic',
  })
}

function noQueue(name: string, queues: readonly TopicInfo[]): MillraceError {
  const known = queues.flatMap((topic) => [topic.name, queueOf(topic.name)!.name])
  const meant = alike(name, known)
  const topic = queues.find((each) => each.name === meant || queueOf(each.name)!.name === meant)
  return new MillraceError('fatal', {
    code: 'MR4401',
    what: `There is no queue of dead letters ${name}`,
    ...(queues.length > 0 && { why: `there are ${namesOf(queues)}` }),
    fix: topic === undefined ? 'millrace dlq ls shows the queues' : `Did you mean ${topic.name}?`,
  })
}

function namesOf(queues: readonly TopicInfo[]): string {
  const names = queues.map(({ name }) => name).sort()
  return names.length > mostNamed ? `${names.slice(0, mostNamed).join(', ')}, …` : names.join(', ')
}
