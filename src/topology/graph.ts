/** A compiled topology: sub-topologies cut at repartition topics, every node named and numbered, every topic listed. */
import { formatDuration } from '../duration.ts'
import type { Node, NodeStore, TopicDefinition } from './nodes.ts'

export interface Graph {
  readonly app: string
  readonly subTopologies: readonly SubTopology[]
  /** Topics of the user that are read; must exist. */
  readonly inputs: readonly TopicDefinition[]
  /** Topics of the user that are written; must exist. */
  readonly outputs: readonly TopicDefinition[]
  /** Read whole by every worker. Also in `inputs`. */
  readonly globalTables: readonly TopicDefinition[]
  /** Topics that `run` creates. */
  readonly internal: readonly InternalTopic[]
  /** sha-256 of `describe` as JSON: two workers of one group must agree. */
  readonly hash: string
}

export interface InternalTopic {
  readonly name: string
  readonly kind:
    | 'repartition'
    | 'changelog'
    | 'progress'
    | 'dead-letter'
    /** Records that are tried again later, one topic a delay; read by the sub-topology that wrote them. */
    | 'retry'
    /** Dead letters that are worked again: read by the sub-topology of the source it is named after. */
    | 'redrive'
    /** What became of dead letters. */
    | 'marks'
    /** What operators did. */
    | 'audit'
  /** Sub-topology whose task count sets the partitions; for `progress` the largest; for dead letters the source's topic. */
  readonly partitionsOf:
    | { readonly subTopology: number }
    | { readonly topics: readonly string[] }
    | { readonly count: number }
    | 'largest'
  /** Of dead letters: the sources that feed the queue, and where its records are worked again. */
  readonly feeds?: readonly QueueFeed[]
  /** Of a changelog whose deletions are remembered: how long its tombstones must stay, milliseconds. */
  readonly tombstonesFor?: number
}

/** One source whose records can end in a queue of dead letters. */
export interface QueueFeed {
  /** Full name of the source's topic, as the headers of a letter name it. */
  readonly source: string
  /** Full name of the topic through which the letters of that source come again. */
  readonly redrive: string
}

/** Nodes connected through memory. Its tasks are numbered like the partitions of its sources. */
export interface SubTopology {
  readonly id: number
  /**
   * Its first source's topic: unlike the number it stays the same when another sub-topology is added, so what a task
   * leaves in Kafka is known by it.
   */
  readonly name: string
  readonly sources: readonly GraphSource[]
  /** In topological order; `GraphNode.index` is the place in this list. */
  readonly nodes: readonly GraphNode[]
  readonly stores: readonly GraphStore[]
  /** Topics of ours through which its records come again. */
  readonly reentries: readonly GraphReentry[]
  /** Groups of source topics, full names, that must have equally many partitions since records of one key meet. */
  readonly copartitioned: readonly (readonly string[])[]
}

export interface GraphSource {
  /** A user's topic, or the full name of a repartition topic. */
  readonly topic: string
  /** Index of the node that represents it. */
  readonly node: number
  /** For a repartition topic the sub-topologies that write it (usually one); their tasks' marks move time here. Else null. */
  readonly writers: readonly number[] | null
}

/** Its tasks read a partition of it beside their inputs. */
export interface GraphReentry {
  /** Full name. */
  readonly topic: string
  readonly kind: 'retry' | 'redrive'
  /** Full names of the sources whose records come through it. */
  readonly sources: readonly string[]
}

export interface GraphNode {
  readonly index: number
  /** Unique in the graph and stable: given names where there are any, else kind and number. */
  readonly name: string
  /** A repartition node appears twice: as `repartition-sink` upstream and `repartition-source` downstream. */
  readonly role: 'node' | 'repartition-sink' | 'repartition-source'
  readonly node: Node
  /** How often what reaches it may have been round a circle of sub-topologies; 0 outside of circles (`rounds.ts`). */
  readonly round: number
  readonly inputs: readonly number[]
  /** Receivers of what this node emits, in the order written by the user. */
  readonly outputs: readonly number[]
  /** Receivers of refused records: indexes of `late` nodes. */
  readonly late: readonly number[]
}

export interface GraphStore {
  readonly name: string
  /** The name of the node that keeps it. */
  readonly node: string
  readonly store: NodeStore
  /** Full name. */
  readonly changelog: string
}

/** Full names of what a topology leaves in Kafka (`README: names in Kafka). */
export const topicNames: {
  readonly changelog: (app: string, store: string) => string
  readonly repartition: (app: string, name: string) => string
  readonly deadLetter: (app: string, name: string) => string
  readonly progress: (app: string) => string
  /** @param delay milliseconds */
  readonly retry: (app: string, name: string, delay: number) => string
  /** @param source the topic of the user, or the name of the repartition topic */
  readonly redrive: (app: string, source: string) => string
  readonly marks: (app: string) => string
  readonly audit: (app: string) => string
} = {
  changelog: (app, store) => `${app}.${store}.changelog`,
  repartition: (app, name) => `${app}.${name}.repartition`,
  deadLetter: (app, name) => `${app}.dlq.${name}`,
  progress: (app) => `${app}.progress`,
  retry: (app, name, delay) => `${app}.retry.${name}.${formatDuration(delay)}`,
  redrive: (app, source) => `${app}.redrive.${source}`,
  marks: (app) => `${app}.dlq-marks`,
  audit: (app) => `${app}.audit`,
}
