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
}

export interface TaskInput extends TopicPartition {
  /** Index in `SubTopology.sources`. */
  readonly source: number
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
 * @throws MillraceError MR4004 when repartition topics feed each other in a circle and none has a given size
 */
export function planTasks(graph: Graph, known: ReadonlyMap<string, number>): Plan {
  const partitions = new Map(known)
  sizeRepartitionTopics(graph, partitions)
  const tasks = graph.subTopologies.flatMap((subTopology) => tasksOf(subTopology, partitions))
  for (const internal of graph.internal) {
    if (internal.kind !== 'repartition') partitions.set(internal.name, internalSize(graph, internal, partitions))
  }
  return { tasks, taskIds: new Set(tasks.map((task) => task.id)), partitions }
}

function sizeRepartitionTopics(graph: Graph, partitions: Map<string, number>): void {
  const waiting = new Set(graph.internal.filter((internal) => internal.kind === 'repartition'))
  while (waiting.size > 0) {
    const before = waiting.size
    for (const internal of waiting) {
      const size = internalSize(graph, internal, partitions)
      if (size === 0) continue
      partitions.set(internal.name, size)
      waiting.delete(internal)
    }
    if (waiting.size === before) {
      const names = [...waiting].map((internal) => internal.name).join(', ')
      throw new MillraceError('fatal', {
        code: 'MR4004',
        what: `The size of ${names} follows from nothing`,
        fix: 'give keyBy a number of partitions',
      })
    }
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
  }))
}
