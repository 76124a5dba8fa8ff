import type { AnyNode } from '../topology/nodes.ts'

/**
 * How far a record's time may lie ahead of the time of an operator with several inputs (`semantics.md` 2.8 a): the largest
 * disorder that any of its inputs may have. Infinite behind a repartition topic, and where an input brings watermarks of
 * its own: there only marks raise time.
 */
export function leadOfTime(node: AnyNode): number {
  const { input, inputs = input === undefined ? [] : [input] } = node
  switch (node.kind) {
    case 'repartition':
      return Number.POSITIVE_INFINITY
    case 'source': {
      const { outOfOrderness, watermark = null } = node as { outOfOrderness?: number; watermark?: unknown }
      return watermark === null ? (outOfOrderness ?? 0) : Number.POSITIVE_INFINITY
    }
    // Rows of the table don't come out of it.
    case 'table-lookup':
      return leadOfTime(inputs[0]!)
    default:
      return Math.max(0, ...inputs.map(leadOfTime))
  }
}
