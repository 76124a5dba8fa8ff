/** Builds the operators of one task, last first, so that each finds its receivers; sends time marks through them. */
import { type GraphNode, type SubTopology, topicNames } from '../topology/graph.ts'
import type { Node } from '../topology/nodes.ts'
import { aggregate } from './aggregate.ts'
import { branch } from './branch.ts'
import { filter } from './filter.ts'
import { flatMap } from './flat-map.ts'
import { lookup } from './lookup.ts'
import { map } from './map.ts'
import { mapKeyValue } from './map-key-value.ts'
import type { Forward, Operator, OperatorEnvironment, OperatorTime, TaskGraph } from './operator.ts'
import { pass } from './pass.ts'
import { peek } from './peek.ts'
import { repartition } from './repartition.ts'
import { sink } from './sink.ts'
import { type Build, fanOut, type Site } from './site.ts'
import { tableSource } from './table-source.ts'

const builders: { readonly [K in Node['kind']]: Build<Extract<Node, { kind: K }>> } = {
  source: pass,
  'table-source': tableSource,
  map,
  filter,
  'flat-map': flatMap,
  'map-key-value': mapKeyValue,
  peek,
  merge: pass,
  branch,
  'branch-case': pass,
  lookup,
  repartition,
  aggregate,
  late: pass,
  sink,
}

/**
 * Makes a sub-topology run for one partition.
 * @example buildTaskGraph(subTopology, environment).receive(0, 'key', 'value', time)
 */
export function buildTaskGraph(subTopology: SubTopology, environment: OperatorEnvironment): TaskGraph {
  const operators = buildOperators(subTopology.nodes, environment)
  const entries = subTopology.sources.map(({ node }) => operators[node]!.receive)
  const { sinkMarks, advance } = markPath(subTopology.nodes, operators, environment.app)
  return {
    receive: (source, key, value, time) => entries[source]!(key, value, time, null),
    advance,
    sinkMarks,
    saveTimes: () => saveTimes(subTopology.nodes, operators),
    restoreTimes(times) {
      for (const { index, name } of subTopology.nodes)
        operators[index]!.restoreTime?.(times[name] ?? { time: -1, closed: -1 })
      sinkMarks.clear()
    },
  }
}

function buildOperators(nodes: readonly GraphNode[], environment: OperatorEnvironment): Operator[] {
  const operators: Operator[] = []
  const receiver: Site['receiver'] = (index) => ({ node: nodes[index]!.node, receive: operators[index]!.receive })
  const forwardTo = (indexes: readonly number[]): Forward => fanOut(indexes.map((index) => receiver(index).receive))
  for (const graphNode of nodes.toReversed()) {
    const { node, index, outputs, late } = graphNode
    const forward = forwardTo(outputs)
    const lateForward = late.length === 0 ? null : forwardTo(late)
    const build = builders[node.kind] as Build<Node>
    operators[index] = build({ node, graphNode, index, environment, forward, late: lateForward, receiver })
  }
  return operators
}

/**
 * A mark reaches a node less what the operators before it hold back; of several ways the longest counts. That sum is
 * fixed, so only the operators with a clock and the repartition sinks are visited, inputs first.
 */
function markPath(
  nodes: readonly GraphNode[],
  operators: readonly Operator[],
  app: string,
): { readonly sinkMarks: Map<string, number>; readonly advance: (mark: number) => void } {
  const held: number[] = []
  const clocked: { readonly operator: Operator; readonly held: number }[] = []
  const sinks: { readonly topic: string; readonly held: number }[] = []
  for (const { index, inputs, node, role } of nodes) {
    const before = Math.max(0, ...inputs.map((input) => held[input]! + operators[input]!.hold))
    held[index] = before
    if (operators[index]!.advance) clocked.push({ operator: operators[index]!, held: before })
    if (node.kind === 'repartition' && role === 'repartition-sink')
      sinks.push({ topic: topicNames.repartition(app, node.name), held: before })
  }
  const sinkMarks = new Map<string, number>()
  const advance = (mark: number): void => {
    for (let at = 0; at < clocked.length; at++) clocked[at]!.operator.advance!(mark - clocked[at]!.held)
    for (let at = 0; at < sinks.length; at++) sinkMarks.set(sinks[at]!.topic, mark - sinks[at]!.held)
  }
  return { sinkMarks, advance }
}

function saveTimes(nodes: readonly GraphNode[], operators: readonly Operator[]): Record<string, OperatorTime> {
  const times: Record<string, OperatorTime> = {}
  for (const { index, name } of nodes) {
    const time = operators[index]!.saveTime?.()
    if (time !== undefined) times[name] = time
  }
  return times
}
