/** A graph made stricter for tests, and small enough to run in one place. */
import type { Graph, GraphNode, InternalTopic, SubTopology } from '../topology/graph.ts'
import type { TableAggregateNode } from '../topology/nodes/tables.ts'
import type { AggregateNode, Node } from '../topology/nodes.ts'

export interface TestableOptions {
  /** Partitions of the user's topics; of repartition topics too unless `keyBy` says otherwise. */
  readonly partitions: number
  /** Whether timestamps far ahead of the wall clock are rejected, as the sources say. */
  readonly checksLead: boolean
}

/** Sums are frozen before a fold gets them, so that one which changes its sum in place fails here, not in production. */
export function testable(graph: Graph, options: TestableOptions): Graph {
  const replaced = new Map<Node, Node>()
  const replace = (node: Node): Node => {
    const made = replaced.get(node) ?? strict(node, options)
    replaced.set(node, made)
    return made
  }
  const subTopologies = graph.subTopologies.map((each) => withNodes(each, replace))
  const internal = graph.internal.map((each) => (options.partitions === 1 ? single(each) : each))
  return { ...graph, subTopologies, internal }
}

function withNodes(subTopology: SubTopology, replace: (node: Node) => Node): SubTopology {
  const nodes = subTopology.nodes.map((each): GraphNode => ({ ...each, node: replace(each.node) }))
  return { ...subTopology, nodes }
}

function single(internal: InternalTopic): InternalTopic {
  return { ...internal, partitionsOf: { count: 1 } }
}

function strict(node: Node, { checksLead }: TestableOptions): Node {
  if ('maxLead' in node && !checksLead) return { ...node, maxLead: 'off' }
  if (node.kind === 'table-aggregate') return freezingChanges(node)
  return node.kind === 'aggregate' ? freezing(node) : node
}

function freezingChanges(node: TableAggregateNode): TableAggregateNode {
  return {
    ...node,
    add: (sum, value, context) => node.add(deepFreeze(sum), value, context),
    subtract: (sum, value, context) => node.subtract(deepFreeze(sum), value, context),
  }
}

function freezing(node: AggregateNode): AggregateNode {
  const { add, merge } = node
  return {
    ...node,
    add: (sum, value, context) => add(deepFreeze(sum), value, context),
    merge: merge && ((one, other) => merge(deepFreeze(one), deepFreeze(other))),
  }
}

/** Bytes can't be frozen; what is frozen already was frozen whole. */
function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
  return value
}
