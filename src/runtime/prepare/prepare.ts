/** What must be true in Kafka before a worker starts: the user's topics are there, ours are there or made. All checks come before the first creation. */
import { MillraceError } from '../../faults.ts'
import type { Kafka } from '../../kafka/port.ts'
import type { Graph, InternalTopic } from '../../topology/graph.ts'
import { type TimeLimits, timeLimitsIn } from '../commit/time-limits.ts'
import { type Plan, planTasks } from '../plan.ts'
import { checkSettings } from './check-settings.ts'
import { defaultMaxMessageBytes, specOf } from './internal-settings.ts'

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
 * @throws MillraceError MR2002 for a missing topic of the user, MR2003 for an internal topic of the wrong size, MR2009 for
 *   one whose settings would lose records
 */
export async function prepareTopics(kafka: Kafka, graph: Graph): Promise<Prepared> {
  const userTopics = [...new Set([...graph.inputs, ...graph.outputs].map((topic) => topic.name))]
  const plan = planTasks(graph, await describeUserTopics(kafka, graph, userTopics))
  const { present, missing } = await findInternalTopics(kafka, graph, plan)
  const [userConfigs, presentConfigs] = await Promise.all([
    configsOfAll(kafka, userTopics),
    configsOfAll(kafka, namesOf(present)),
  ])
  const known = limitsIn(new Map([...userConfigs, ...presentConfigs]))
  checkSettings(graph, present, presentConfigs, known)
  const created = await createTopics(kafka, plan, missing, limitsOfRead(graph, known))
  const maxMessageBytes = new Map([...known, ...limitsIn(created)])
  const timeLimits = timeLimitsIn(new Map([...userConfigs, ...presentConfigs, ...created]))
  const changelogs = namesOf(graph.internal.filter(({ kind }) => kind === 'changelog'))
  return { plan, maxMessageBytes, timeLimits, changelogIds: (await kafka.topics.ids?.(changelogs)) ?? new Map() }
}

/** What is read comes first: how large its records may be says how large letters, and rows of state, must be allowed to be. */
async function createTopics(
  kafka: Kafka,
  plan: Plan,
  missing: readonly InternalTopic[],
  limits: ReadonlyMap<string, number>,
): Promise<TopicConfigs> {
  let created: TopicConfigs = new Map()
  const [read, others] = [missing.filter(isRead), missing.filter((internal) => !isRead(internal))]
  for (const topics of [read, others].filter(({ length }) => length > 0)) {
    const known = new Map([...limits, ...limitsIn(created)])
    await kafka.topics.create(topics.map((internal) => specOf(internal, plan, known)))
    created = new Map([...created, ...(await configsOfAll(kafka, namesOf(topics)))])
  }
  return created
}

function isRead({ kind }: InternalTopic): boolean {
  return kind === 'repartition'
}

/** Of the user's topics, and of what keeps their records on their way. */
function limitsOfRead({ internal }: Graph, known: ReadonlyMap<string, number>): Map<string, number> {
  const others = new Set(namesOf(internal.filter((each) => !isRead(each))))
  return new Map([...known].filter(([name]) => !others.has(name)))
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

function wrongSize(graph: Graph, internal: InternalTopic, found: number, wanted: number): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR2003',
    what: `The ${internal.kind} topic ${internal.name} has ${found} partitions, it needs ${wanted}`,
    where: `topology ${graph.app}`,
    why: 'its tasks follow from the partitions of the topics upstream, which have changed since it was made, or another program made it',
    fix: `${growing(internal, found, wanted)}; or give the inputs the partitions they had`,
  })
}

/** Where keys have no place of their own more partitions do no harm, and what lies there stays. */
function growing({ kind, name }: InternalTopic, found: number, wanted: number): string {
  const hasPlaces = kind !== 'dead-letter' && kind !== 'retry' && kind !== 'redrive'
  return hasPlaces || found > wanted
    ? `stop all workers, delete ${name}, and replay`
    : `kafka-topics.sh --alter --topic ${name} --partitions ${wanted}`
}

/** How large a record of each topic may be. */
function limitsIn(configs: TopicConfigs): Map<string, number> {
  const limits = [...configs].map(([name, config]): [string, number] => {
    return [name, Number(config['max.message.bytes'] ?? defaultMaxMessageBytes)]
  })
  return new Map(limits)
}
