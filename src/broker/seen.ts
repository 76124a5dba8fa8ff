/** What a fault can match on, and the request log tells, found in the body of any request. */
import type { Broker } from './broker.ts'
import type { Asking } from './exchange.ts'
import type { SeenRequest } from './faults.ts'

type Body = Readonly<Record<string, unknown>>

export function seenRequest(api: string, { node, clientId }: Asking, body: Body, broker: Broker): SeenRequest {
  return {
    api,
    node,
    clientId,
    topics: topicsIn(body, broker),
    transactionalId: textOf(body.transactionalId ?? body.v3AndBelowTransactionalId) ?? coordinated(body, 1),
    groups: groupsIn(body),
  }
}

const topicFields = ['topics', 'topicData', 'topicNames', 'v3AndBelowTopics']

function topicsIn(body: Body, broker: Broker): Set<string> {
  const topics = new Set<string>()
  for (const field of topicFields) {
    const list = body[field]
    if (Array.isArray(list)) for (const entry of list) addTopic(topics, entry, broker)
  }
  return topics
}

function addTopic(topics: Set<string>, entry: unknown, broker: Broker): void {
  if (typeof entry === 'string') topics.add(entry)
  if (typeof entry !== 'object' || entry === null) return
  const { name, topic, topicId } = entry as Body
  const found = textOf(name) || textOf(topic) || broker.topics.byId(textOf(topicId) ?? '')?.name
  if (found) topics.add(found)
}

const groupFields = ['groups', 'groupIds', 'groupsNames']

function groupsIn(body: Body): Set<string> {
  const groups = new Set<string>()
  const add = (id: unknown): void => {
    const found = textOf(id)
    if (found) groups.add(found)
  }
  add(body.groupId)
  add(coordinated(body, 0))
  for (const field of groupFields) {
    const list = body[field]
    if (!Array.isArray(list)) continue
    for (const entry of list) add(typeof entry === 'string' ? entry : (entry as Body | null)?.groupId)
  }
  return groups
}

/** The name in a FindCoordinator of that type; the first where it asks for several. */
function coordinated(body: Body, type: number): string | null {
  if (body.keyType !== type) return null
  const several = Array.isArray(body.coordinatorKeys) ? body.coordinatorKeys : []
  return textOf(body.key) || textOf(several[0])
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
