/** Sub-topologies whose policies park keys remember which ones: in a store like any other, named after the first source. */
import type { ParkPolicy } from '../policies/policy.ts'
import { json } from '../serde/json.ts'
import { text } from '../serde/text.ts'
import { type GraphNode, type GraphStore, type SubTopology, topicNames } from './graph.ts'
import { keyValueStore } from './node-stores.ts'

/** The park policies of a sub-topology, in the order of its nodes. */
export function parkPoliciesOf(nodes: readonly GraphNode[]): ParkPolicy[] {
  return nodes
    .flatMap(({ node }) => ('onFailure' in node ? (node.onFailure ?? []) : []))
    .filter((policy) => policy.kind === 'park')
}

/** @returns nothing where no policy parks */
export function parkStores(
  app: string,
  nodes: readonly GraphNode[],
  sources: SubTopology['sources'],
): readonly GraphStore[] {
  if (parkPoliciesOf(nodes).length === 0) return []
  const node = nodes[sources[0]!.node]!.name
  const name = parkStoreName(nodes, sources)
  return [{ name, node, store: keyValueStore(name, text, json()), changelog: topicNames.changelog(app, name) }]
}

/** By the topic of the user, or the name of the repartition topic, that the sub-topology is named after. */
export function parkStoreName(nodes: readonly GraphNode[], [source]: SubTopology['sources']): string {
  const { node } = nodes[source!.node]!
  return `parked-${node.kind === 'repartition' ? node.name : source!.topic}`
}
