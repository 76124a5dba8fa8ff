/** The topics that a topology leaves in Kafka. */
import { MillraceError } from '../faults.ts'
import { type InternalTopic, type QueueFeed, type SubTopology, topicNames } from './graph.ts'
import { checkName } from './names.ts'
import type { TopicDefinition } from './nodes.ts'
import { feedsOf, hasOperators, redriveTopicOf } from './queues.ts'

/** Repartition topics, changelogs, the progress topic, dead letters, and what brings them back, in this order. */
export function internalTopics(app: string, subTopologies: readonly SubTopology[]): InternalTopic[] {
  return [
    ...subTopologies.flatMap((each) => repartitionTopics(app, each)),
    ...subTopologies.flatMap((each) => changelogs(each)),
    { name: topicNames.progress(app), kind: 'progress', partitionsOf: 'largest' },
    ...deadLetterTopics(app, subTopologies),
    ...subTopologies.flatMap(reentryTopics),
    ...operatorTopics(app, subTopologies),
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

/** A queue is as large as its largest source: a letter has the partition that its record had. */
function deadLetterTopics(app: string, subTopologies: readonly SubTopology[]): InternalTopic[] {
  const queues = new Map<string, QueueFeed[]>()
  for (const { nodes, sources } of subTopologies) {
    for (const { queue, source } of feedsOf({ nodes, sources })) {
      const feed = { source: source.topic, redrive: redriveTopicOf(app, nodes, source) }
      queues.set(queue, [...(queues.get(queue) ?? []), feed])
    }
  }
  return [...queues].map(([queue, feeds]) => {
    const topics = feeds.map(({ source }) => source)
    return { name: topicNames.deadLetter(app, queue), kind: 'dead-letter', partitionsOf: { topics }, feeds }
  })
}

/** Each is read by one sub-topology: records of two would be run through the wrong one. */
function reentryTopics({ id, reentries }: SubTopology): InternalTopic[] {
  return reentries.map(({ topic: name, kind, sources }) => {
    return { name, kind, partitionsOf: kind === 'retry' ? { subTopology: id } : { topics: sources } }
  })
}

/** Where there are letters to settle, or tasks and breakers to bring back. */
function operatorTopics(app: string, subTopologies: readonly SubTopology[]): InternalTopic[] {
  if (!subTopologies.some((each) => feedsOf(each).length > 0 || hasOperators(each))) return []
  return [
    { name: topicNames.marks(app), kind: 'marks', partitionsOf: { count: 1 } },
    { name: topicNames.audit(app), kind: 'audit', partitionsOf: { count: 1 } },
  ]
}

/**
 * @throws MillraceError MR4002 for a name that Kafka can't take, MR4001 for one that another topic has
 */
export function checkInternalNames(internal: readonly InternalTopic[], users: readonly TopicDefinition[]): void {
  const taken = new Map(users.map((topic) => [topic.name, 'a topic of yours']))
  for (const { name, kind } of internal) {
    checkName(`${kind} topic`, name)
    const other = taken.get(name)
    if (other !== undefined)
      throw kind === 'retry' && other === 'a retry topic' ? retriedTwice(name) : colliding(name, kind, other)
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

function retriedTwice(name: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4001',
    what: `The retry topic ${name} would belong to two parts of the topology`,
    why: 'its records go on where they failed, on one side of a keyBy; retryTopics() of a keyBy itself, or a name used on both sides, would be on both',
    fix: 'give retryTopics() to the steps, under another name before and behind keyBy',
  })
}
