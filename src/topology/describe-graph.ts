/** A graph as plain data, without code: what `describe` prints and what the hash is made of. */
import type { Graph, GraphNode, GraphReentry, GraphSource, GraphStore, InternalTopic, SubTopology } from './graph.ts'
import type { Node, NodeStore, TopicDefinition } from './nodes.ts'

export interface GraphDescription {
  readonly topology: string
  readonly subTopologies: readonly SubTopologyDescription[]
  readonly inputs: readonly TopicDescription[]
  readonly outputs: readonly TopicDescription[]
  readonly internal: readonly InternalTopic[]
}

export interface SubTopologyDescription {
  readonly id: number
  readonly sources: readonly (Pick<GraphSource, 'topic' | 'writers'> & { readonly node: string })[]
  readonly nodes: readonly NodeDescription[]
  readonly stores: readonly StoreDescription[]
  /** Topics of ours through which its records come again. */
  readonly reentries: readonly GraphReentry[]
}

export interface StoreDescription {
  readonly name: string
  /** The node that keeps it. */
  readonly node: string
  readonly kind: NodeStore['kind']
  readonly changelog: string
  readonly key: string
  readonly value: string
  /** Of the value's serde; 0 where it has none. */
  readonly version: number
}

export interface TopicDescription {
  readonly name: string
  readonly kind: TopicDefinition['kind']
  readonly key: string
  readonly value: string
}

export interface NodeDescription {
  readonly name: string
  readonly kind: Node['kind']
  readonly role: GraphNode['role']
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly late: readonly string[]
  /** What the node was told, by its kind: topic, serdes, windows, policies. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** Describes a graph; equal graphs give equal descriptions, down to the order of properties. */
export function describeGraph(graph: Omit<Graph, 'hash'>): GraphDescription {
  return {
    topology: graph.app,
    subTopologies: graph.subTopologies.map(describeSubTopology),
    inputs: graph.inputs.map(describeTopic),
    outputs: graph.outputs.map(describeTopic),
    internal: graph.internal,
  }
}

function describeSubTopology({ id, sources, nodes, stores, reentries }: SubTopology): SubTopologyDescription {
  const namesOf = (indexes: readonly number[]): string[] => indexes.map((index) => nodes[index]!.name)
  return {
    id,
    sources: sources.map(({ topic, node, writers }) => ({ topic, node: nodes[node]!.name, writers })),
    nodes: nodes.map(({ name, role, node, inputs, outputs, late }) => ({
      name,
      kind: node.kind,
      role,
      inputs: namesOf(inputs),
      outputs: namesOf(outputs),
      late: namesOf(late),
      settings: { ...settingsOf(node), ...policiesIn(node) },
    })),
    stores: stores.map(describeStore),
    reentries,
  }
}

function describeStore({ name, node, store: { kind, key, value }, changelog }: GraphStore): StoreDescription {
  return { name, node, kind, changelog, key: key.name, value: value.name, version: value.version ?? 0 }
}

function describeTopic({ name, kind, key, value }: TopicDefinition): TopicDescription {
  return { name, kind, key: key.name, value: value.name }
}

function policiesIn(node: Node): Readonly<Record<string, unknown>> {
  return 'onFailure' in node && (node.onFailure ?? []).length > 0 ? { onFailure: node.onFailure } : {}
}

function settingsOf(node: Node): Readonly<Record<string, unknown>> {
  switch (node.kind) {
    case 'source': {
      const { topic, timestamp, outOfOrderness, idleAfter, maxLead } = node
      const times = { outOfOrderness, idleAfter, maxLead }
      return { topic: topic.name, timestamp: timestamp === null ? 'kafka' : 'extracted', ...times }
    }
    case 'table-source': {
      const { topic, store, order, history, ttl, deleteRetention } = node
      return { topic: topic.name, store, order, history, ttl, deleteRetention }
    }
    case 'sink':
      return { topic: node.topic.name }
    case 'lookup':
      return { table: node.table.name, inner: node.inner }
    case 'branch':
      return { cases: node.cases.map(({ name }) => name) }
    case 'repartition': {
      const { name, keySerde, valueSerde, partitions } = node
      return { name, key: keySerde.name, value: valueSerde.name, partitions }
    }
    default:
      return plainSettings(node)
  }
}

const elsewhere: readonly string[] = ['kind', 'input', 'inputs', 'stores', 'onFailure']

/** What a node says in plain data; of a serde its name, of a function nothing. */
function plainSettings(node: Node): Record<string, unknown> {
  const settings = Object.entries(node).filter(([name]) => !elsewhere.includes(name))
  return Object.fromEntries(settings.flatMap(([name, value]) => plainSetting(name, value)))
}

function plainSetting(name: string, value: unknown): [string, unknown][] {
  if (typeof value === 'function' || value === undefined) return []
  if (typeof value !== 'object' || value === null) return [[name, value]]
  if ('decode' in value && 'encode' in value) return [[name.replace(/Serde$/, ''), (value as { name?: string }).name]]
  const inside = Object.entries(value).flatMap(([part, each]) => plainSetting(part, each))
  return [[name, Object.fromEntries(inside)]]
}
