/** The topics that a topology leaves in Kafka. */
import { MillraceError } from '../faults.ts'
import type { AsyncPolicy } from '../policies/policy.ts'
import { type GraphNode, type InternalTopic, type SubTopology, topicNames } from './graph.ts'
import { checkName } from './names.ts'
import type { TopicDefinition } from './nodes.ts'

/** Repartition topics, changelogs, the progress topic and dead letters, in this order. */
export function internalTopics(app: string, subTopologies: readonly SubTopology[]): InternalTopic[] {
  return [
    ...subTopologies.flatMap((each) => repartitionTopics(app, each)),
    ...subTopologies.flatMap((each) => changelogs(each)),
    { name: topicNames.progress(app), kind: 'progress', partitionsOf: 'largest' },
    ...deadLetterTopics(app, subTopologies),
  ]
}

function repartitionTopics(app: string, { id, nodes }: SubTopology): InternalTopic[] {
  return nodes.flatMap(({ node, role }) => {
    if (node.kind !== 'repartition' || role !== 'repartition-sink') return []
    const partitionsOf = node.partitions === null ? { subTopology: id } : { count: node.partitions }
    return [{ name: topicNames.repartition(app, node.name), kind: 'repartition', partitionsOf }]
  })
}

/** What is remembered for ever: longer would overflow the times that Kafka computes from it. */
const century = 100 * 365 * 86_400_000

function changelogs({ id, stores }: SubTopology): InternalTopic[] {
  return stores.map(({ changelog, store: { keepsDeleted, deleteRetention } }) => ({
    name: changelog,
    kind: 'changelog',
    partitionsOf: { subTopology: id },
    ...(keepsDeleted && { tombstonesFor: Math.min(deleteRetention, century) }),
  }))
}

function deadLetterTopics(app: string, subTopologies: readonly SubTopology[]): InternalTopic[] {
  const feeders = new Map<string, Set<string>>()
  for (const { name, topic } of subTopologies.flatMap(deadLettersOf)) {
    const topics = feeders.get(name) ?? new Set()
    feeders.set(name, topics.add(topic))
  }
  return [...feeders].map(([name, topics]) => {
    return { name: topicNames.deadLetter(app, name), kind: 'dead-letter', partitionsOf: { topics: [...topics] } }
  })
}

/** Which dead-letter names records of which topics can end in. */
function deadLettersOf({ nodes, sources }: SubTopology): { name: string; topic: string }[] {
  const named = nodes.filter(({ role }) => role !== 'repartition-source').flatMap((node) => namesIn(node.node))
  return sources.flatMap(({ topic, node }) => {
    const own = sourceNames(nodes[node]!)
    return [...own, ...named].map((name) => ({ name, topic }))
  })
}

/** A source without policies has a dead-letter topic of its own name; one that skips or stops has none. */
function sourceNames({ node }: GraphNode): string[] {
  if (node.kind !== 'repartition' && node.kind !== 'source' && node.kind !== 'table-source') return []
  const { onFailure = [] } = node
  if (onFailure.length > 0) return deadLetterNames(onFailure)
  return [node.kind === 'repartition' ? node.name : node.topic.name]
}

function namesIn(node: GraphNode['node']): string[] {
  if (node.kind === 'source' || node.kind === 'table-source') return []
  return 'onFailure' in node ? deadLetterNames(node.onFailure ?? []) : []
}

function deadLetterNames(policies: readonly AsyncPolicy[]): string[] {
  return policies.flatMap((policy) => (policy.kind === 'dead-letter' ? [policy.name] : []))
}

/**
 * @throws MillraceError MR4002 for a name that Kafka can't take, MR4001 for one that another topic has
 */
export function checkInternalNames(internal: readonly InternalTopic[], users: readonly TopicDefinition[]): void {
  const taken = new Map(users.map((topic) => [topic.name, 'a topic of yours']))
  for (const { name, kind } of internal) {
    checkName(`${kind} topic`, name)
    const other = taken.get(name)
    if (other !== undefined) throw colliding(name, kind, other)
    taken.set(name, `a ${kind} topic`)
  }
}

function colliding(name: string, kind: string, other: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4001',
    what: `The ${kind} topic ${name} has the name of ${other}`,
    why: 'Millrace makes and changes this topic by itself',
    fix: 'rename the topology, the step, or your topic',
  })
}
