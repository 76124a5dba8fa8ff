/** Tells every serde of a graph where it is used, before the first record: one with a registry registers its schema. */
import type { Serde, SerdeUse } from '../../serde/serde.ts'
import type { Graph, SubTopology } from '../../topology/graph.ts'
import { topicNames } from '../../topology/graph.ts'

interface Pair {
  readonly topic: string
  readonly key: Serde<unknown>
  readonly value: Serde<unknown>
  readonly writes: boolean
}

/** One after another: two that share a serde must not overtake each other. @throws MillraceError what a serde can't do without */
export async function prepareSerdes(graph: Graph): Promise<void> {
  for (const pair of pairsOf(graph)) {
    const { topic, writes } = pair
    for (const part of ['key', 'value'] as const) {
      const use: SerdeUse = { topic, part, writes }
      await pair[part].prepare?.(use)
    }
  }
}

function pairsOf(graph: Graph): Pair[] {
  return [
    ...graph.inputs.map(({ name, key, value }) => ({ topic: name, key, value, writes: false })),
    ...graph.outputs.map(({ name, key, value }) => ({ topic: name, key, value, writes: true })),
    ...graph.subTopologies.flatMap((each) => [...repartitionsOf(graph.app, each), ...changelogsOf(each)]),
  ]
}

function repartitionsOf(app: string, { nodes }: SubTopology): Pair[] {
  return nodes.flatMap(({ node, role }) => {
    if (node.kind !== 'repartition' || role !== 'repartition-sink') return []
    const { name, keySerde: key, valueSerde: value } = node
    return [{ topic: topicNames.repartition(app, name), key, value, writes: true }]
  })
}

function changelogsOf({ stores }: SubTopology): Pair[] {
  return stores.map(({ store: { key, value }, changelog }) => ({ topic: changelog, key, value, writes: true }))
}
