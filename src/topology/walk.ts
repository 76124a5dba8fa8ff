/** Reads a topology from its sinks upwards. */
import type { AnyNode, Node } from './nodes.ts'

/** What a node reads from, in the order written. */
export function inputsOf(node: Node): readonly Node[] {
  const { input, inputs = input === undefined ? [] : [input] }: AnyNode = node
  return inputs as readonly Node[]
}

/** Every node once, inputs before what reads them, otherwise in the order in which the sinks reach them. */
export function nodesOf(sinks: readonly Node[]): Node[] {
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    for (const input of inputsOf(node)) visit(input)
    seen.add(node)
  }
  for (const sink of sinks) visit(sink)
  return [...seen]
}
