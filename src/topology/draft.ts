/** Nodes on their way to a graph: named, linked, and grouped by what is connected through memory. */
import type { GraphNode } from './graph.ts'
import { nodeNames } from './node-names.ts'
import type { Node, SourceNode, TableSourceNode } from './nodes.ts'
import { inputsOf } from './walk.ts'

export interface Draft {
  readonly node: Node
  readonly role: GraphNode['role']
  readonly name: string
  readonly inputs: Draft[]
  /** In the order in which the sinks reach them. */
  readonly receivers: Draft[]
  /** The first draft of those connected with this one: the same for all of them. */
  component: Draft
}

/**
 * A draft per node, two for a repartition: where it is written, and where it is read. Inputs come before what reads
 * them. `sources` has the one source that stands for all of its topic.
 */
export function draftOf(
  nodes: readonly Node[],
  sources: ReadonlyMap<string, SourceNode | TableSourceNode>,
): readonly Draft[] {
  const drafts: Draft[] = []
  const nameOf = nodeNames(nodes)
  const emitters = new Map<Node, Draft>()
  for (const node of nodes) {
    const first = node.kind === 'source' || node.kind === 'table-source' ? sources.get(node.topic.name)! : node
    if (first !== node) {
      emitters.set(node, emitters.get(first)!)
      continue
    }
    const role = node.kind === 'repartition' ? 'repartition-sink' : 'node'
    const inputs = inputsOf(node).map((input) => emitters.get(input)!)
    const draft = addDraft(drafts, node, role, nameOf(node, role), inputs)
    if (node.kind !== 'repartition') emitters.set(node, draft)
    else emitters.set(node, addDraft(drafts, node, 'repartition-source', nameOf(node, 'repartition-source'), []))
  }
  for (const draft of drafts) if (draft.inputs.length > 0) join(drafts, draft)
  return drafts
}

function addDraft(drafts: Draft[], node: Node, role: Draft['role'], name: string, inputs: Draft[]): Draft {
  const draft = { node, role, name, inputs, receivers: [] } as Omit<Draft, 'component'> as Draft
  draft.component = draft
  for (const input of new Set(inputs)) input.receivers.push(draft)
  drafts.push(draft)
  return draft
}

/** Puts a draft and its inputs, with all that hangs on them, under the earliest of their components. */
function join(drafts: readonly Draft[], draft: Draft): void {
  const components = new Set([draft, ...draft.inputs].map((each) => each.component))
  const earliest = drafts.find((each) => components.has(each))!
  for (const each of drafts) if (components.has(each.component)) each.component = earliest
}
