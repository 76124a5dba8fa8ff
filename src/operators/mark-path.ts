import { type GraphNode, topicNames } from '../topology/graph.ts'
import type { Operator } from './operator.ts'

interface Stop {
  /** How many steps that wait for answers lie before it. */
  readonly stage: number
  readonly lane: number
  readonly arrive: (mark: number) => void
  /** How much of each mark is held back on the way. */
  readonly held: number
}

/** How many steps that wait for answers lie before each node, on the longest way. */
function stagesOf(nodes: readonly GraphNode[]): number[] {
  const stages: number[] = []
  const behind = (input: number): number => stages[input]! + (nodes[input]!.node.kind === 'map-async' ? 1 : 0)
  for (const { index, inputs } of nodes) stages[index] = Math.max(0, ...inputs.map(behind))
  return stages
}

/**
 * Nodes with the same mark: in a circle of sub-topologies each round has marks of its own, and each stage has.
 * @param stages how many there are
 */
export function laneOf(round: number, stage: number, stages: number): number {
  return round * stages + stage
}

/**
 * How time marks go through the operators of a task. A mark reaches a node less what the operators before it hold back;
 * of several ways the longest counts. That sum is fixed, so only the operators with a clock and the repartition sinks
 * are visited, inputs first. Behind an operator that holds rows back for the commit marks wait for the commit too, or
 * the rows would be late.
 */
export class MarkPath {
  /** The mark that last reached each repartition sink, by full topic name; -1 before any. */
  readonly sinkMarks: Map<string, number> = new Map()
  /** How many steps that wait for answers lie on the longest way, and one. */
  readonly stages: number
  /** By lane. */
  private readonly stops: Stop[][]
  /** What the commit does, in the order of the nodes: rows that were held back come out, then the mark goes on. */
  private readonly commits: { readonly stage: number; readonly run: () => void }[] = []
  private readonly sinks: string[] = []
  /** By lane. */
  private readonly last: number[] = []

  constructor(nodes: readonly GraphNode[], operators: readonly Operator[], app: string) {
    const heldBefore: number[] = []
    const stages = stagesOf(nodes)
    const rounds = Math.max(0, ...nodes.map(({ round }) => round)) + 1
    this.stages = Math.max(0, ...stages) + 1
    this.stops = Array.from({ length: rounds * this.stages }, () => [])
    const waits = new Set<number>()
    for (const { index, inputs, node, role, round } of nodes) {
      const operator = operators[index]!
      const stage = stages[index]!
      const at = { stage, lane: laneOf(round, stage, this.stages) }
      const held = Math.max(0, ...inputs.map((input) => heldBefore[input]! + operators[input]!.hold))
      heldBefore[index] = held
      const isBehind = inputs.some((input) => waits.has(input))
      if (isBehind || operator.beforeCommit !== undefined) waits.add(index)
      if (operator.beforeCommit !== undefined) this.commits.push({ stage, run: () => operator.beforeCommit!() })
      if (operator.advance !== undefined) this.add({ ...at, arrive: (mark) => operator.advance!(mark), held }, isBehind)
      if (node.kind !== 'repartition' || role !== 'repartition-sink') continue
      const topic = topicNames.repartition(app, node.name)
      this.sinks.push(topic)
      this.add({ ...at, arrive: (mark) => this.sinkMarks.set(topic, mark), held }, isBehind)
    }
    this.reset()
  }

  /** False where no node does anything as time goes on. */
  get isHeard(): boolean {
    return this.commits.length > 0 || this.stops.some(({ length }) => length > 0)
  }

  /** To the nodes of one lane: of the first round, those behind so many steps that wait for answers. */
  advance(mark: number, lane = 0): void {
    const stops = this.stops[lane]!
    this.last[lane] = mark
    for (let at = 0; at < stops.length; at++) stops[at]!.arrive(mark - stops[at]!.held)
  }

  /** What was held back for the commit comes out: everywhere, or behind so many steps that wait for answers. */
  beforeCommit(only?: number): void {
    for (const { stage, run } of this.commits) if (only === undefined || stage === only) run()
  }

  /** No mark has come yet: what is restored is told again. */
  reset(): void {
    this.last.length = 0
    for (const topic of this.sinks) this.sinkMarks.set(topic, -1)
  }

  private add(stop: Stop, waits: boolean): void {
    const { stage, lane, held } = stop
    const arriveLast = (): void => {
      const last = this.last[lane]
      if (last !== undefined) stop.arrive(last - held)
    }
    if (waits) this.commits.push({ stage, run: arriveLast })
    else this.stops[lane]!.push(stop)
  }
}
