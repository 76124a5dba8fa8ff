/** Which topics must have equally many partitions, because an operator brings records of one key together. */
import type { GraphNode, GraphSource } from './graph.ts'
import type { AnyNode } from './nodes.ts'

/** A group per operator that joins: the topics behind all of its inputs. Groups that share a topic are one. */
export function copartitionedIn(nodes: readonly GraphNode[], sources: readonly GraphSource[]): string[][] {
  const topicsOf = topicsBehind(nodes, sources)
  let groups: Set<string>[] = []
  for (const { index, node } of nodes) {
    if (!(node as AnyNode).copartitioned) continue
    const group = new Set(topicsOf[index])
    const touching = groups.filter((other) => [...other].some((topic) => group.has(topic)))
    const apart = groups.filter((other) => !touching.includes(other))
    groups = [...apart, new Set([...group, ...touching.flatMap((other) => [...other])])]
  }
  return groups.filter((group) => group.size > 1).map((group) => [...group].sort())
}

/** By node: the sources whose records reach it. Inputs stand before what reads them. */
function topicsBehind(nodes: readonly GraphNode[], sources: readonly GraphSource[]): string[][] {
  const behind: string[][] = []
  for (const { index, inputs } of nodes) {
    const own = sources.filter((source) => source.node === index).map((source) => source.topic)
    behind[index] = [...new Set([...own, ...inputs.flatMap((input) => behind[input]!)])]
  }
  return behind
}
