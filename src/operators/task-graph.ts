/** Builds the operators of one task, last first, so that each finds its receivers; sends time marks through them. */
import type { GraphNode, SubTopology } from '../topology/graph.ts'
import type { Node } from '../topology/nodes.ts'
import { aggregate } from './aggregate.ts'
import { branch } from './branch.ts'
import { filter } from './filter.ts'
import { flatMap } from './flat-map.ts'
import { lookup } from './lookup.ts'
import { map } from './map.ts'
import { mapKeyValue } from './map-key-value.ts'
import { MarkPath } from './mark-path.ts'
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
  const marks = new MarkPath(subTopology.nodes, operators, environment.app)
  return {
    receive: (source, key, value, time) => entries[source]!(key, value, time, null),
    advance: (mark) => marks.advance(mark),
    sinkMarks: marks.sinkMarks,
    saveTimes: () => saveTimes(subTopology.nodes, operators),
    restoreTimes(times) {
      for (const { index, name } of subTopology.nodes)
        operators[index]!.restoreTime?.(times[name] ?? { time: -1, closed: -1 })
      marks.reset()
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

function saveTimes(nodes: readonly GraphNode[], operators: readonly Operator[]): Record<string, OperatorTime> {
  const times: Record<string, OperatorTime> = {}
  for (const { index, name } of nodes) {
    const time = operators[index]!.saveTime?.()
    if (time !== undefined) times[name] = time
  }
  return times
}
