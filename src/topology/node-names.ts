/** Names of nodes, as dead letters, metrics and the saved progress show them. */
import type { GraphNode } from './graph.ts'
import type { Node } from './nodes.ts'

/**
 * Names nodes as they are asked for: a store's node has the store's name; what reads or writes a topic is named after
 * it; the rest is numbered by kind, so that a new `map` doesn't rename a `filter`.
 */
export function nodeNames(nodes: readonly Node[]): (node: Node, role: GraphNode['role']) => string {
  const taken = new Set(nodes.flatMap((node) => (node.kind === 'aggregate' ? [node.store] : [])))
  const counted = new Map<string, number>()
  const firstFree = (stem: string, first: number): string => {
    for (let count = (counted.get(stem) ?? first - 1) + 1; ; count++) {
      const name = count === 0 ? stem : `${stem}-${count}`
      counted.set(stem, Math.max(count, 1))
      if (!taken.has(name)) return name
    }
  }
  return (node, role) => {
    if (node.kind === 'aggregate') return node.store
    const stem = stemOf(node, role)
    const name = stem === undefined ? firstFree(node.kind, 1) : firstFree(stem, 0)
    taken.add(name)
    return name
  }
}

/** A name that says enough without a number, if there is one. */
function stemOf(node: Node, role: GraphNode['role']): string | undefined {
  switch (node.kind) {
    case 'source':
    case 'table-source':
      return `from-${node.topic.name}`
    case 'sink':
      return `to-${node.topic.name}`
    case 'repartition':
      return role === 'repartition-source' ? `from-${node.name}` : `to-${node.name}`
    case 'lookup':
      return `lookup-${node.table.name}`
    case 'branch-case':
      return node.input.cases[node.index]!.name
    case 'late':
      return `${node.input.store}-late`
    default:
      return undefined
  }
}
