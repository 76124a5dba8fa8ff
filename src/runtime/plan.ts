/** How many tasks there are and how many partitions each internal topic needs: pure, from the graph and the input topics. */
import { MillraceError } from '../faults.ts'
import { partitionName, type TopicPartition } from '../record.ts'
import type { Graph, InternalTopic, SubTopology } from '../topology/graph.ts'

/** A sub-topology at one partition index. */
export interface TaskDescription {
  /** `<first source topic>-<partition>`: by names that the author gave, so that an upgrade finds what a task left. */
  readonly id: string
  readonly subTopology: SubTopology
  readonly partition: number
  /** In the order of the sub-topology's sources. */
  readonly inputs: readonly TaskInput[]
  /** What comes again through topics of ours, in the order of the sub-topology's. */
  readonly reentries: readonly TaskReentry[]
}

export interface TaskInput extends TopicPartition {
  /** Index in `SubTopology.sources`. */
  readonly source: number
}

export interface TaskReentry extends TopicPartition {
  /** Full names of the sources whose records come through it. */
  readonly sources: readonly string[]
}

/** Every partition that a task reads and commits positions of. */
export function partitionsRead({ inputs, reentries }: Pick<TaskDescription, 'inputs' | 'reentries'>): TopicPartition[] {
  return [...inputs, ...reentries].map(({ topic, partition }) => ({ topic, partition }))
}

export interface Plan {
  readonly tasks: readonly TaskDescription[]
  readonly taskIds: ReadonlySet<string>
  /** Partitions of every topic that the graph names, internal ones as they ought to be. */
  readonly partitions: ReadonlyMap<string, number>
}

/** The task ids of a sub-topology, in the order of their partitions. */
export function taskIdsOf(plan: Plan, subTopologies: readonly number[]): string[] {
  return plan.tasks.filter((task) => subTopologies.includes(task.subTopology.id)).map((task) => task.id)
}

/**
 * Sizes everything from the partitions of the user's topics.
 * @throws MillraceError MR4004 when repartition topics feed each other in a circle and none has a given size, MR2010 when
 *   topics whose records meet by key have not equally many partitions
 */
export function planTasks(graph: Graph, known: ReadonlyMap<string, number>): Plan {
  const partitions = new Map(known)
  while (sizeRepartitionTopics(graph, partitions));
  checkCopartitioned(graph, partitions)
  for (const internal of graph.internal) {
    if (internal.kind !== 'repartition') partitions.set(internal.name, internalSize(graph, internal, partitions))
  }
  const tasks = graph.subTopologies.flatMap((subTopology) => tasksOf(subTopology, partitions))
  return { tasks, taskIds: new Set(tasks.map((task) => task.id)), partitions }
}

/**
 * One round: a repartition topic is as large as the tasks that write it are many, and as what it is joined with.
 * @returns true when a size has changed, so that others may follow
 */
function sizeRepartitionTopics(graph: Graph, partitions: Map<string, number>): boolean {
  const topics = graph.internal.filter((internal) => internal.kind === 'repartition')
  let grew = false
  for (const internal of topics) {
    const size = repartitionSize(graph, internal, partitions)
    grew ||= size !== (partitions.get(internal.name) ?? 0)
    if (size > 0) partitions.set(internal.name, size)
  }
  const unsized = topics.filter((internal) => !partitions.has(internal.name))
  if (!grew && unsized.length > 0) throw sizeless(unsized)
  return grew
}

/**
 * As large as a topic of a given size that it is joined with, else as the largest around it. Never smaller than before:
 * sizes only rise, so the rounds come to an end.
 */
function repartitionSize(graph: Graph, internal: InternalTopic, partitions: ReadonlyMap<string, number>): number {
  const { name, partitionsOf } = internal
  if (typeof partitionsOf === 'object' && 'count' in partitionsOf) return partitionsOf.count
  const joined = graph.subTopologies
    .flatMap((each) => each.copartitioned.filter((group) => group.includes(name)))
    .flat()
  const given = joined.find((topic) => isGiven(graph, topic))
  if (given !== undefined) return partitions.get(given) ?? 0
  const known = [name, ...joined].map((topic) => partitions.get(topic) ?? 0)
  return Math.max(internalSize(graph, internal, partitions), ...known)
}

/** True where the size of a topic does not follow from others: it is the user's, or `keyBy` says it. */
function isGiven({ internal }: Graph, topic: string): boolean {
  const found = internal.find(({ name }) => name === topic)
  return found === undefined || (typeof found.partitionsOf === 'object' && 'count' in found.partitionsOf)
}

function sizeless(topics: readonly InternalTopic[]): MillraceError {
  const names = topics.map((internal) => internal.name).join(', ')
  return new MillraceError('fatal', {
    code: 'MR4004',
    what: `The size of ${names} follows from nothing`,
    fix: 'give keyBy a number of partitions',
  })
}

function checkCopartitioned({ app, subTopologies }: Graph, partitions: ReadonlyMap<string, number>): void {
  for (const group of subTopologies.flatMap((each) => each.copartitioned)) {
    const sizes = group.map((topic) => partitions.get(topic)!)
    if (new Set(sizes).size === 1) continue
    throw new MillraceError('fatal', {
      code: 'MR2010',
      what: `Topics that are joined have different numbers of partitions: ${group.map((topic, index) => `${topic} has ${sizes[index]}`).join(', ')}`,
      where: `topology ${app}`,
      why: 'records of one key would be in different tasks and never meet',
      fix: 'put .keyBy() before one side, without a number of partitions or with that of the other side',
    })
  }
}

/** 0 while something upstream is not sized yet. */
function internalSize(graph: Graph, internal: InternalTopic, partitions: ReadonlyMap<string, number>): number {
  const of = internal.partitionsOf
  if (of === 'largest') return Math.max(...graph.subTopologies.map((each) => taskCount(each, partitions)))
  if ('count' in of) return of.count
  if ('topics' in of) return Math.max(...of.topics.map((topic) => partitions.get(topic) ?? 0))
  const subTopology = graph.subTopologies.find((each) => each.id === of.subTopology)
  return subTopology ? taskCount(subTopology, partitions) : 0
}

function taskCount(subTopology: SubTopology, partitions: ReadonlyMap<string, number>): number {
  const counts = subTopology.sources.map((source) => partitions.get(source.topic) ?? 0)
  return counts.includes(0) ? 0 : Math.max(...counts)
}

function tasksOf(subTopology: SubTopology, partitions: ReadonlyMap<string, number>): TaskDescription[] {
  return Array.from({ length: taskCount(subTopology, partitions) }, (_, partition) => ({
    id: partitionName({ topic: subTopology.name, partition }),
    subTopology,
    partition,
    inputs: subTopology.sources.flatMap(({ topic }, source) =>
      partition < partitions.get(topic)! ? [{ topic, partition, source }] : [],
    ),
    reentries: subTopology.reentries.flatMap(({ topic, sources }) =>
      partition < partitions.get(topic)! ? [{ topic, partition, sources }] : [],
    ),
  }))
}
