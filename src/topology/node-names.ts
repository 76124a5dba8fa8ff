/** Names of nodes, as dead letters, metrics and the saved progress show them. */
import type { GraphNode } from './graph.ts'
import type { AnyNode, Node } from './nodes.ts'

/**
 * Names nodes as they are asked for: a store's node has the store's name; what reads or writes a topic is named after
 * it; the rest is numbered by kind, so that a new `map` doesn't rename a `filter`.
 */
export function nodeNames(nodes: readonly Node[]): (node: Node, role: GraphNode['role']) => string {
  const taken = new Set(nodes.flatMap((node) => givenName(node) ?? []))
  const counted = new Map<string, number>()
  const firstFree = (stem: string, first: number): string => {
    for (let count = (counted.get(stem) ?? first - 1) + 1; ; count++) {
      const name = count === 0 ? stem : `${stem}-${count}`
      counted.set(stem, Math.max(count, 1))
      if (!taken.has(name)) return name
    }
  }
  return (node, role) => {
    const given = givenName(node)
    if (given !== undefined) return given
    const stem = stemOf(node, role)
    const name = stem === undefined ? firstFree(node.kind, 1) : firstFree(stem, 0)
    taken.add(name)
    return name
  }
}

/** What the author called it: its step, or the store it is there for. */
function givenName(node: Node): string | undefined {
  if (node.kind === 'repartition' || node.kind === 'table-source') return undefined
  const { name, store }: AnyNode & { readonly store?: string } = node
  return name ?? store
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
      return `${givenName(node.input as Node) ?? node.input.kind}-late`
    default:
      return undefined
  }
}
