/** From what the user wrote to what runs: a topology cut at its repartition topics. */
import { createHash } from 'node:crypto'
import { copartitionedIn } from './copartitioned.ts'
import { describeGraph } from './describe-graph.ts'
import { type Draft, draftOf } from './draft.ts'
import { type Graph, type GraphNode, type GraphSource, type GraphStore, type SubTopology, topicNames } from './graph.ts'
import { checkInternalNames, internalTopics } from './internal-topics.ts'
import type { AnyNode, Node, TopicDefinition } from './nodes.ts'
import { parkStores } from './park-store.ts'
import { reentriesOf } from './queues.ts'
import { roundsOf } from './rounds.ts'
import { checkSources } from './sources.ts'
import type { Topology } from './topology.ts'
import { nodesOf } from './walk.ts'

/**
 * Compiles a topology. Pure: the same topology gives the same graph, names and hash on every machine.
 * @example describe(compile(wordCount))
 * @throws MillraceError MR4001 when an internal topic would have the name of another topic, MR4002 when its name gets
 *   too long
 */
export function compile({ name: app, sinks }: Topology): Graph {
  const nodes = nodesOf(sinks)
  const drafts = draftOf(nodes, checkSources(nodes))
  const rounds = roundsOf(drafts)
  const subTopologies = [...new Set(drafts.map((draft) => draft.component))].map((component, id) => {
    return subTopologyOf(app, id, component, drafts, rounds)
  })
  const topics = topicsOf(nodes)
  const internal = internalTopics(app, subTopologies)
  checkInternalNames(internal, [...topics.inputs, ...topics.outputs])
  const graph = { app, subTopologies, ...topics, internal }
  const hash = createHash('sha256')
    .update(JSON.stringify(describeGraph(graph)))
    .digest('hex')
  return Object.freeze({ ...graph, hash })
}

function subTopologyOf(
  app: string,
  id: number,
  component: Draft,
  all: readonly Draft[],
  rounds: ReadonlyMap<Draft, number>,
): SubTopology {
  const drafts = all.filter((draft) => draft.component === component)
  const indexes = new Map(drafts.map((draft, index) => [draft, index]))
  const nodes = drafts.map((draft, index) => graphNodeOf(draft, index, indexes, rounds.get(draft)!))
  const sources = nodes.flatMap((node) => sourceOf(app, node, all))
  const stores = [...nodes.flatMap((node) => storesOf(app, node)), ...parkStores(app, nodes, sources)]
  const copartitioned = copartitionedIn(nodes, sources)
  const reentries = reentriesOf(app, { nodes, sources })
  return Object.freeze({ id, name: sources[0]!.topic, sources, nodes, stores, reentries, copartitioned })
}

function graphNodeOf(
  { name, role, node, inputs, receivers }: Draft,
  index: number,
  indexes: ReadonlyMap<Draft, number>,
  round: number,
): GraphNode {
  const indexesOf = (drafts: readonly Draft[]): number[] => drafts.map((draft) => indexes.get(draft)!)
  return Object.freeze({
    index,
    name,
    role,
    node,
    round,
    inputs: indexesOf(inputs),
    outputs: indexesOf(receivers.filter((receiver) => receiver.node.kind !== 'late')),
    late: indexesOf(receivers.filter((receiver) => receiver.node.kind === 'late')),
  })
}

function sourceOf(app: string, { index, role, node }: GraphNode, all: readonly Draft[]): GraphSource[] {
  if (node.kind === 'source' || node.kind === 'table-source') {
    return [{ topic: node.topic.name, node: index, writers: null }]
  }
  if (role !== 'repartition-source' || node.kind !== 'repartition') return []
  const components = [...new Set(all.map((draft) => draft.component))]
  const writer = all.find((draft) => draft.role === 'repartition-sink' && draft.node === node)!
  return [
    { topic: topicNames.repartition(app, node.name), node: index, writers: [components.indexOf(writer.component)] },
  ]
}

function storesOf(app: string, { name: node, node: { stores = [] } }: GraphNode & { node: AnyNode }): GraphStore[] {
  return stores.map((store) => ({ name: store.name, node, store, changelog: topicNames.changelog(app, store.name) }))
}

/** The user's topics, each once. */
function topicsOf(nodes: readonly Node[]): Pick<Graph, 'inputs' | 'outputs' | 'globalTables'> {
  const read = nodes.flatMap((node) => (node.kind === 'source' || node.kind === 'table-source' ? [node.topic] : []))
  const lookedUp = nodes.flatMap((node) => (node.kind === 'lookup' ? [node.table] : []))
  const written = nodes.flatMap((node) => (node.kind === 'sink' ? [node.topic] : []))
  return { inputs: eachOnce([...read, ...lookedUp]), outputs: eachOnce(written), globalTables: eachOnce(lookedUp) }
}

function eachOnce(topics: readonly TopicDefinition[]): TopicDefinition[] {
  return [...new Map(topics.map((topic) => [topic.name, topic] as const).reverse()).values()].reverse()
}
