/**
 * Every record that was taken has one end: an output, a dead letter, or a topic of ours in which it still waits. Counted
 * where each record has one way through the graph, whatever user code, policies and neighbours made of it on the way.
 */
import { partitionName } from '../../../record.ts'
import { decodeMarks } from '../../../runtime/time/marks.ts'
import type { Graph, GraphNode } from '../../../topology/graph.ts'
import type { Node } from '../../../topology/nodes.ts'
import type { Finding, History, LoggedPartition } from '../history.ts'
import { exact, factsOf, visible } from './facts.ts'
import { Findings } from './findings.ts'
import { policiesOf } from './natures.ts'
import { Tally } from './tally.ts'

/** What a step does with a record: `one` comes out, at most one does (`leaks`), or one with another key. */
type Passing = 'one' | 'leaks' | 'rekeys'

/** Steps that are not here make many of one, one of many, or keep records: nothing can be counted behind them. */
const passings: Readonly<Partial<Record<Node['kind'], Passing>>> = {
  source: 'one',
  map: 'one',
  'map-async': 'one',
  peek: 'one',
  merge: 'one',
  branch: 'one',
  'branch-case': 'one',
  sink: 'one',
  filter: 'leaks',
  repartition: 'rekeys',
  'map-key-value': 'rekeys',
}

/** @example conservation(history) // [] */
export function conservation(history: History): readonly Finding[] {
  const found = new Findings('conservation')
  const { graph } = factsOf(history)
  const kinds = wayThrough(graph)
  if (kinds === null) return found.all
  const identity = kinds.has('rekeys') ? () => 'any key' : exact
  const [taken, ended] = [new Tally(), new Tally()]
  for (const [log, keys] of takenIn(history)) for (const key of keys) if (isInput(graph, log)) taken.add(identity(key))
  for (const keys of endsIn(history)) for (const key of keys) ended.add(identity(key))
  for (const { item, times } of taken.lacks(ended))
    found.add(`${times} records more ended than were taken with key ${item}`)
  if (kinds.has('leaks')) return found.all
  for (const { item, times } of ended.lacks(taken))
    found.add(`${times} records were taken and have no end, with key ${item}`)
  return found.all
}

/** What happens on the way; null where a record may have several ends, or share one. */
function wayThrough(graph: Graph): ReadonlySet<Passing> | null {
  const found = new Set<Passing>()
  for (const { nodes } of graph.subTopologies) {
    for (const each of nodes) {
      const passing = passingOf(each)
      if (passing === null) return null
      found.add(passing)
    }
  }
  return found
}

function passingOf({ node, role, outputs }: GraphNode): Passing | null {
  const passing = passings[node.kind]
  const isEnd = node.kind === 'sink' || role === 'repartition-sink'
  const ways = node.kind === 'branch' ? 1 : outputs.length
  if (passing === undefined || ways > 1 || (!isEnd && outputs.length === 0)) return null
  const hasOtherwise = node.kind !== 'branch' || node.cases.some(({ predicate }) => predicate === null)
  const hasAllCases = node.kind !== 'branch' || outputs.length === node.cases.length
  const skips = policiesOf(node).some(({ kind }) => kind === 'skip')
  return skips || !hasOtherwise || !hasAllCases ? 'leaks' : passing
}

type Keys = readonly (Buffer | null)[]

function isInput(graph: Graph, { topic }: LoggedPartition): boolean {
  return graph.inputs.some(({ name }) => name === topic)
}

/** Keys of the records below the group's positions. */
function takenIn(history: History): (readonly [LoggedPartition, Keys])[] {
  const { logs, positions } = factsOf(history)
  return [...positions].flatMap(([name, position]) => {
    const log = logs.get(name)
    if (log === undefined) return []
    return [[log, visible(log).flatMap(({ key, offset }) => (offset < position ? [key] : []))] as const]
  })
}

/** Keys of outputs, dead letters, and what waits in topics between tasks. */
function endsIn(history: History): Keys[] {
  const { graph, positions } = factsOf(history)
  const kinds = new Map(graph.internal.map(({ name, kind }) => [name, kind]))
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  return history.partitions.map((log) => {
    const kind = kinds.get(log.topic)
    if (outputs.has(log.topic) || kind === 'dead-letter') return visible(log).map(({ key }) => key)
    if (kind !== 'repartition' && kind !== 'retry') return []
    const position = positions.get(partitionName(log)) ?? 0
    return visible(log).flatMap(({ key, offset, headers }) =>
      offset >= position && decodeMarks(headers) === null ? [key] : [],
    )
  })
}
