/** Builds the operators of one task, last first, so that each finds its receivers; sends time marks through them. */
import type { GraphNode, SubTopology } from '../topology/graph.ts'
import type { Node } from '../topology/nodes.ts'
import { builders } from './builders.ts'
import { MarkPath } from './mark-path.ts'
import type { Forward, Operator, OperatorEnvironment, OperatorTime, TaskGraph } from './operator.ts'
import { type Build, fanOut, type Site } from './site.ts'

/**
 * Makes a sub-topology run for one partition.
 * @example buildTaskGraph(subTopology, environment).receive(0, 'key', 'value', time)
 */
export function buildTaskGraph(subTopology: SubTopology, environment: OperatorEnvironment): TaskGraph {
  const operators = buildOperators(subTopology.nodes, environment)
  const entries = subTopology.sources.map(({ node }) => operators[node]!.receive)
  const onClock = operators.filter((operator) => operator.wallClock !== undefined)
  const marks = new MarkPath(subTopology.nodes, operators, environment.app)
  return {
    receive: (source, key, value, time) => entries[source]!(key, value, time, null),
    advance: (mark, stage) => marks.advance(mark, stage),
    stages: marks.stages,
    sinkMarks: marks.sinkMarks,
    hearsTime: marks.isHeard,
    get wallClockDueAt() {
      return Math.min(Number.POSITIVE_INFINITY, ...onClock.map(({ wallClock }) => wallClock!.dueAt))
    },
    fireWallClock(now) {
      for (const { wallClock } of onClock) if (wallClock!.dueAt <= now) wallClock!.fire(now)
    },
    beforeCommit: (stage) => marks.beforeCommit(stage),
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
  for (const graphNode of nodes.toReversed()) {
    const { node, index, inputs, outputs, late } = graphNode
    const receiver: Site['receiver'] = (to) => ({
      node: nodes[to]!.node,
      receive: entryOf(nodes[to]!, operators[to]!, index),
    })
    const forwardTo = (indexes: readonly number[]): Forward => fanOut(indexes.map((to) => receiver(to).receive))
    const build = builders[node.kind] as Build<Node>
    operators[index] = build({
      node,
      graphNode,
      index,
      environment,
      forward: forwardTo(outputs),
      late: late.length === 0 ? null : forwardTo(late),
      receiver,
      view: (input) => operators[inputs[input]!]!.view!,
    })
  }
  return operators
}

/** Where an operator takes what `from` emits; one that reads it twice takes it twice, in the order of its inputs. */
function entryOf({ inputs }: GraphNode, { receive, inputs: entries }: Operator, from: number): Forward {
  if (entries === undefined) return receive
  return fanOut(entries.filter((_, place) => inputs[place] === from))
}

function saveTimes(nodes: readonly GraphNode[], operators: readonly Operator[]): Record<string, OperatorTime> {
  const times: Record<string, OperatorTime> = {}
  for (const { index, name } of nodes) {
    const time = operators[index]!.saveTime?.()
    if (time !== undefined) times[name] = time
  }
  return times
}
