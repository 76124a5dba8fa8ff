/** What a fault can match on, found in the body of any request. */
import type { Broker } from './broker.ts'
import type { SeenRequest } from './faults.ts'
import type { Caller } from './handler.ts'

export function seenRequest(
  api: string,
  { clientId }: Caller,
  body: Readonly<Record<string, unknown>>,
  broker: Broker,
): SeenRequest {
  const topics = new Set<string>()
  for (const field of ['topics', 'topicData', 'topicNames', 'v3AndBelowTopics']) {
    const list = body[field]
    if (Array.isArray(list)) for (const entry of list) addTopic(topics, entry, broker)
  }
  return { api, clientId, topics, transactionalId: textOf(body.transactionalId ?? body.v3AndBelowTransactionalId) }
}

function addTopic(topics: Set<string>, entry: unknown, broker: Broker): void {
  if (typeof entry === 'string') topics.add(entry)
  if (typeof entry !== 'object' || entry === null) return
  const { name, topic, topicId } = entry as Readonly<Record<string, unknown>>
  const found = textOf(name) || textOf(topic) || broker.topics.byId(textOf(topicId) ?? '')?.name
  if (found) topics.add(found)
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
