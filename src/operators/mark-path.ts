import { type GraphNode, topicNames } from '../topology/graph.ts'
import type { Operator } from './operator.ts'

/**
 * How time marks go through the operators of a task. A mark reaches a node less what the operators before it hold back;
 * of several ways the longest counts. That sum is fixed, so only the operators with a clock and the repartition sinks
 * are visited, inputs first.
 */
export class MarkPath {
  /** The mark that last reached each repartition sink, by full topic name; -1 before any. */
  readonly sinkMarks: Map<string, number> = new Map()
  private readonly clocked: { readonly operator: Operator; readonly held: number }[] = []
  private readonly sinks: { readonly topic: string; readonly held: number }[] = []

  constructor(nodes: readonly GraphNode[], operators: readonly Operator[], app: string) {
    const heldBefore: number[] = []
    for (const { index, inputs, node, role } of nodes) {
      const operator = operators[index]!
      const held = Math.max(0, ...inputs.map((input) => heldBefore[input]! + operators[input]!.hold))
      heldBefore[index] = held
      if (operator.advance !== undefined) this.clocked.push({ operator, held })
      if (node.kind === 'repartition' && role === 'repartition-sink')
        this.sinks.push({ topic: topicNames.repartition(app, node.name), held })
    }
    this.reset()
  }

  advance(mark: number): void {
    const { clocked, sinks } = this
    for (let at = 0; at < clocked.length; at++) clocked[at]!.operator.advance!(mark - clocked[at]!.held)
    for (let at = 0; at < sinks.length; at++) this.sinkMarks.set(sinks[at]!.topic, mark - sinks[at]!.held)
  }

  /** No mark has come yet: what is restored is told again. */
  reset(): void {
    for (const { topic } of this.sinks) this.sinkMarks.set(topic, -1)
  }
}
