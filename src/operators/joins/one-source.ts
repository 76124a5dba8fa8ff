import type { TableJoinNode } from '../../topology/nodes/joins.ts'
import type { AnyNode } from '../../topology/nodes.ts'

/** Whether one record can change both tables of a join. */
export function haveOneSource({ inputs: [left, right] }: TableJoinNode): boolean {
  const sources = sourcesOf(left)
  return sourcesOf(right).some((source) => sources.includes(source))
}

/** By topic, since a topic is read once; of a repartition topic its name. */
function sourcesOf(node: AnyNode): string[] {
  const {
    kind,
    name,
    topic,
    input,
    inputs = input === undefined ? [] : [input],
  } = node as AnyNode & {
    readonly topic?: { readonly name: string }
  }
  if (kind === 'repartition') return [`repartition ${name}`]
  if (kind === 'source' || kind === 'table-source') return [`topic ${topic!.name}`]
  return inputs.flatMap(sourcesOf)
}
