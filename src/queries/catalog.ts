/** The stores of a topology, and where the rows of a key are: pure, from the graph and the plan. */
import { partitionFor } from '../kafka/murmur2.ts'
import { partitionName } from '../record.ts'
import type { Plan } from '../runtime/plan.ts'
import type { Graph, GraphStore, SubTopology } from '../topology/graph.ts'
import { layoutOf } from './layout-of.ts'
import type { Layout } from './layouts/layout.ts'

export interface CatalogStore {
  readonly name: string
  readonly node: string
  readonly layout: Layout
  readonly store: GraphStore
  /** Records of one key are in one of so many tasks. */
  readonly partitions: number
  /** Names its tasks. */
  readonly subTopology: string
}

export type Catalog = ReadonlyMap<string, CatalogStore>

/** In the order of their names. */
export function catalogOf(graph: Graph, plan: Plan): Catalog {
  const stores = graph.subTopologies.flatMap((each) => each.stores.map((store) => catalogStore(each, store, plan)))
  return new Map(stores.sort((one, other) => (one.name < other.name ? -1 : 1)).map((store) => [store.name, store]))
}

function catalogStore(subTopology: SubTopology, store: GraphStore, plan: Plan): CatalogStore {
  const { index, node } = subTopology.nodes.find(({ name }) => name === store.node)!
  return {
    name: store.name,
    node: store.node,
    layout: layoutOf(node, store.store),
    store,
    partitions: partitionsOf(subTopology, index, plan),
    subTopology: subTopology.name,
  }
}

/** A sub-topology may read topics of other sizes beside those that lead to the store. */
function partitionsOf({ nodes, sources }: SubTopology, node: number, plan: Plan): number {
  const above = new Set([node])
  for (const index of above) for (const input of nodes[index]!.inputs) above.add(input)
  const topics = sources.filter((source) => above.has(source.node)).map(({ topic }) => topic)
  return Math.max(...topics.map((topic) => plan.partitions.get(topic) ?? 0))
}

/** The task that has a partition of a store. */
export function taskOf({ subTopology }: CatalogStore, partition: number): string {
  return partitionName({ topic: subTopology, partition })
}

/** Where Kafka's own partitioner puts the records of a key. */
export function partitionOfKey({ partitions }: CatalogStore, key: Uint8Array): number {
  return partitionFor(key, partitions)
}
