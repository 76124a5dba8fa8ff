/** What must be true in Kafka before a worker starts: the user's topics are there, ours are there or made. All checks come before the first creation. */
import { MillraceError } from '../faults.ts'
import type { Kafka, TopicSpec } from '../kafka/port.ts'
import type { Graph, InternalTopic } from '../topology/graph.ts'
import { type Plan, planTasks } from './plan.ts'
import { anyTime, type TimeLimits, timeLimitsIn } from './time-limits.ts'

/** Room for the headers of a dead letter (`failures.md` 3). */
const deadLetterRoom = 32_768
/** Room for what a row adds to the record it was made of. */
const rowRoom = 4_096
/** Kafka's own `delete.retention.ms`. */
const defaultTombstones = 86_400_000
/** Kafka's own `max.message.bytes` where nobody said otherwise. */
export const defaultMaxMessageBytes = 1_048_588

/** The plan, and for each topic written how large a record may be. */
export interface Prepared {
  readonly plan: Plan
  readonly maxMessageBytes: ReadonlyMap<string, number>
  /** Of those that do not take every time. */
  readonly timeLimits?: ReadonlyMap<string, TimeLimits>
  /** Of changelogs, as far as they are known: rows of one that was deleted and made anew are no rows of it. */
  readonly changelogIds?: ReadonlyMap<string, string>
}

/**
 * Checks the topics of a graph and creates its internal ones.
 * @throws MillraceError MR2002 for a missing topic of the user, MR2003 for an internal topic of the wrong size
 */
export async function prepareTopics(kafka: Kafka, graph: Graph): Promise<Prepared> {
  const userTopics = [...new Set([...graph.inputs, ...graph.outputs].map((topic) => topic.name))]
  const known = await describeUserTopics(kafka, graph, userTopics)
  const plan = planTasks(graph, known)
  const { present, missing } = await findInternalTopics(kafka, graph, plan)
  const [userConfigs, presentConfigs] = await Promise.all([
    configsOfAll(kafka, userTopics),
    configsOfAll(kafka, namesOf(present)),
  ])
  checkCompaction(graph, present, presentConfigs)
  const userLimits = limitsIn(userConfigs)
  await kafka.topics.create(missing.map((internal) => specOf(internal, plan, userLimits)))
  const created = await configsOfAll(kafka, namesOf(missing))
  const maxMessageBytes = new Map([...userLimits, ...limitsIn(presentConfigs), ...limitsIn(created)])
  const timeLimits = timeLimitsIn(new Map([...userConfigs, ...presentConfigs, ...created]))
  const changelogs = namesOf(graph.internal.filter(({ kind }) => kind === 'changelog'))
  return { plan, maxMessageBytes, timeLimits, changelogIds: (await kafka.topics.ids?.(changelogs)) ?? new Map() }
}

async function describeUserTopics(kafka: Kafka, graph: Graph, names: readonly string[]): Promise<Map<string, number>> {
  const infos = await kafka.topics.describe(names)
  const missing = infos.filter((info) => !info.exists).map((info) => info.name)
  if (missing.length > 0) {
    throw new MillraceError('fatal', {
      code: 'MR2002',
      what: missing.length === 1 ? `There is no topic ${missing[0]}` : `There are no topics ${missing.join(', ')}`,
      where: `topology ${graph.app}`,
      why: 'Millrace creates its internal topics, never yours: their partitions and retention are your decision',
      fix: missing
        .map((name) => `kafka-topics.sh --create --topic ${name} --partitions 6 --bootstrap-server …`)
        .join('\n'),
    })
  }
  return new Map(infos.map((info) => [info.name, info.partitions]))
}

interface InternalTopics {
  readonly present: readonly InternalTopic[]
  /** Still to be made. */
  readonly missing: readonly InternalTopic[]
}

/** @throws MillraceError MR2003 for one of the wrong size */
async function findInternalTopics(kafka: Kafka, graph: Graph, plan: Plan): Promise<InternalTopics> {
  const infos = await kafka.topics.describe(namesOf(graph.internal))
  const sizes = new Map(infos.flatMap((info) => (info.exists ? [[info.name, info.partitions] as const] : [])))
  const present = graph.internal.filter(({ name }) => sizes.has(name))
  for (const internal of present) {
    const found = sizes.get(internal.name)!
    const wanted = plan.partitions.get(internal.name)!
    if (found !== wanted) throw wrongSize(graph, internal, found, wanted)
  }
  return { present, missing: graph.internal.filter(({ name }) => !sizes.has(name)) }
}

function namesOf(topics: readonly InternalTopic[]): string[] {
  return topics.map((internal) => internal.name)
}

type TopicConfigs = ReadonlyMap<string, Readonly<Record<string, string | null>>>

async function configsOfAll(kafka: Kafka, topics: readonly string[]): Promise<TopicConfigs> {
  const configs = await kafka.admin.describeConfigs(topics.map((name) => ({ type: 'topic', name })))
  return new Map(topics.map((name, index) => [name, configs[index]!]))
}

/** A changelog that is deleted by time loses state; so nothing starts on one. */
function checkCompaction(graph: Graph, present: readonly InternalTopic[], configs: TopicConfigs): void {
  for (const { kind, name } of present) {
    const policy = configs.get(name)!['cleanup.policy']
    if ((kind !== 'changelog' && kind !== 'progress') || policy === 'compact') continue
    throw new MillraceError('fatal', {
      code: 'MR2009',
      what: `The ${kind} topic ${name} has cleanup.policy=${policy}, it needs compact`,
      where: `topology ${graph.app}`,
      why: 'what Kafka deletes by age or size is state that can not be restored',
      fix: `kafka-configs.sh --alter --topic ${name} --add-config cleanup.policy=compact,retention.ms=-1`,
    })
  }
}

function wrongSize(graph: Graph, internal: InternalTopic, found: number, wanted: number): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR2003',
    what: `The ${internal.kind} topic ${internal.name} has ${found} partitions, it needs ${wanted}`,
    where: `topology ${graph.app}`,
    why: 'its tasks follow from the partitions of the topics upstream, which have changed since it was made, or another program made it',
    fix: `stop all workers, delete ${internal.name}, and replay; or give the inputs the partitions they had`,
  })
}

/** How large a record of each topic may be. */
function limitsIn(configs: TopicConfigs): Map<string, number> {
  const limits = [...configs].map(([name, config]): [string, number] => {
    return [name, Number(config['max.message.bytes'] ?? defaultMaxMessageBytes)]
  })
  return new Map(limits)
}

function specOf(internal: InternalTopic, plan: Plan, maxMessageBytes: ReadonlyMap<string, number>): TopicSpec {
  return {
    name: internal.name,
    partitions: plan.partitions.get(internal.name)!,
    configs: configsOf(internal, maxMessageBytes),
  }
}

function largestOf(maxMessageBytes: ReadonlyMap<string, number>): number {
  return Math.max(defaultMaxMessageBytes, ...maxMessageBytes.values())
}

/** A row may be as large as the records that are read. */
function largeRows(maxMessageBytes: ReadonlyMap<string, number>): Record<string, string> {
  const largest = largestOf(maxMessageBytes)
  return largest === defaultMaxMessageBytes ? {} : { 'max.message.bytes': String(largest + rowRoom) }
}

/** Compaction takes tombstones away by the wall clock; a deletion that must be known longer needs its own longer. */
function tombstones({ tombstonesFor = 0 }: InternalTopic): Record<string, string> {
  return tombstonesFor <= defaultTombstones ? {} : { 'delete.retention.ms': String(tombstonesFor) }
}

function configsOf(internal: InternalTopic, maxMessageBytes: ReadonlyMap<string, number>): Record<string, string> {
  switch (internal.kind) {
    case 'repartition':
      return { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'message.timestamp.type': 'CreateTime', ...anyTime }
    case 'retry':
    case 'redrive':
      // Event times are kept, and may be old: only what has been read is deleted.
      return {
        'cleanup.policy': 'delete',
        'retention.ms': '-1',
        'message.timestamp.type': 'CreateTime',
        ...anyTime,
        'max.message.bytes': String(largestOf(maxMessageBytes) + deadLetterRoom),
      }
    case 'marks':
      return { 'cleanup.policy': 'compact', 'retention.ms': '-1' }
    case 'audit':
      return { 'cleanup.policy': 'delete', 'retention.ms': '-1' }
    case 'changelog':
      return {
        'cleanup.policy': 'compact',
        'retention.ms': '-1',
        'message.timestamp.type': 'CreateTime',
        ...anyTime,
        'segment.bytes': '52428800',
        ...largeRows(maxMessageBytes),
        ...tombstones(internal),
      }
    case 'progress':
      return {
        'cleanup.policy': 'compact',
        'retention.ms': '-1',
        'segment.bytes': '10485760',
        'min.cleanable.dirty.ratio': '0.1',
      }
    case 'dead-letter':
      // LogAppendTime: a source timestamp of 1970 would be deleted by retention at once.
      return {
        'cleanup.policy': 'delete',
        'retention.ms': String(14 * 86_400_000),
        'message.timestamp.type': 'LogAppendTime',
        'max.message.bytes': String(largestOf(maxMessageBytes) + deadLetterRoom),
      }
  }
}
