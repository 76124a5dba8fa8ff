/** A graph as a Mermaid flowchart: a box per sub-topology, topics between them. */
import { type Graph, type GraphNode, type SubTopology, topicNames } from './graph.ts'
import { retryTopicsOf } from './queues.ts'

export function describeAsMermaid(graph: Graph): string {
  const topics = new Map<string, string>()
  const topicId = (name: string): string => {
    const id = topics.get(name) ?? `t${topics.size}`
    topics.set(name, id)
    return id
  }
  const boxes = graph.subTopologies.flatMap(boxOf)
  const arrows = graph.subTopologies.flatMap((each) => arrowsToTopics(graph.app, each, topicId))
  const shapes = [...topics].map(([name, id]) => `  ${id}[("${name}")]`)
  return `${['flowchart TD', ...boxes, ...shapes, ...arrows].join('\n')}\n`
}

function boxOf({ id, nodes }: SubTopology): string[] {
  const shapes = nodes.map((node) => `    ${nodeId(id, node.index)}["${node.name}"]`)
  const arrows = nodes.flatMap(({ index, outputs, late }) => [
    ...outputs.map((to) => `    ${nodeId(id, index)} --> ${nodeId(id, to)}`),
    ...late.map((to) => `    ${nodeId(id, index)} -. late .-> ${nodeId(id, to)}`),
  ])
  return [`  subgraph s${id}["sub-topology ${id}"]`, ...shapes, ...arrows, '  end']
}

/** What operators write, redrives, is not part of the flow. */
function arrowsToTopics(app: string, subTopology: SubTopology, topicId: (name: string) => string): string[] {
  const { id, sources, nodes, reentries } = subTopology
  const reads = sources.map(({ topic, node }) => `  ${topicId(topic)} --> ${nodeId(id, node)}`)
  const again = reentries
    .filter(({ kind }) => kind === 'retry')
    .flatMap(({ topic }) => sources.map(({ node }) => `  ${topicId(topic)} -. again .-> ${nodeId(id, node)}`))
  return [...reads, ...again, ...nodes.flatMap((node) => [...arrowsOf(app, id, node, topicId), ...retries(node)])]

  function retries({ index, node }: GraphNode): string[] {
    return retryTopicsOf(app, node).map((topic) => `  ${nodeId(id, index)} -. retry .-> ${topicId(topic)}`)
  }
}

function arrowsOf(
  app: string,
  id: number,
  { index, role, node }: GraphNode,
  topicId: (name: string) => string,
): string[] {
  const from = nodeId(id, index)
  if (node.kind === 'sink') return [`  ${from} --> ${topicId(node.topic.name)}`]
  if (node.kind === 'lookup') return [`  ${topicId(node.table.name)} -. lookup .-> ${from}`]
  if (role !== 'repartition-sink' || node.kind !== 'repartition') return []
  return [`  ${from} --> ${topicId(topicNames.repartition(app, node.name))}`]
}

function nodeId(subTopology: number, index: number): string {
  return `n${subTopology}_${index}`
}
