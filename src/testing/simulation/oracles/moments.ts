/**
 * What one transaction says is of one moment: the largest time that a task has taken is that of the records its positions
 * have passed. Progress that is ahead of positions makes records late that were in time; one behind keeps windows open.
 */
import { partitionName } from '../../../record.ts'
import type { Graph } from '../../../topology/graph.ts'
import type { Finding, History, LoggedPartition, LoggedRecord } from '../history.ts'
import { factsOf, visible } from './facts.ts'
import { Findings } from './findings.ts'
import { policiesOf } from './natures.ts'
import { firstAt } from './slices.ts'

/** @example moments(history) // [] */
export function moments(history: History): readonly Finding[] {
  const found = new Findings('moments')
  const { logs, standings } = factsOf(history)
  const passed = passedIn(history)
  const bounds = boundsIn(history)
  for (const { task, progress, transaction } of standings) {
    const partition = Number(task.slice(task.lastIndexOf('-') + 1))
    for (const [topic, { taken }] of Object.entries(progress.watermark.inputs)) {
      const name = partitionName({ topic, partition })
      const position = passed.get(`${transaction} ${name}`)
      const bound = bounds.get(name)
      if (bound === undefined || typeof position !== 'number' || !logs.get(name)!.isWhole) continue
      const [least, most] = bound(position)
      if (taken < least || taken > most)
        found.add(`${task} has taken ${taken} in ${transaction}; the records below ${name}@${position} reach ${most}`)
    }
  }
  return found.all
}

/** By transaction and place: the position; `several` under protocol 1, where an epoch serves for many transactions. */
function passedIn(history: History): Map<string, number | 'several'> {
  const passed = new Map<string, number | 'several'>()
  for (const { topic, partition, to, transaction } of factsOf(history).moves) {
    const name = `${transaction} ${partitionName({ topic, partition })}`
    passed.set(name, passed.has(name) ? 'several' : to)
  }
  return passed
}

/** What the largest time may be at a position. */
type Bound = (position: number) => readonly [least: number, most: number]

/** By place, of topics whose records have Kafka's timestamps. No time follows a record that was refused. */
function boundsIn(history: History): Map<string, Bound> {
  const { graph, logs } = factsOf(history)
  const topics = stampedTopics(graph)
  const refused = refusedIn(history)
  const bounds = new Map<string, Bound>()
  for (const [name, log] of logs) {
    if (!topics.has(log.topic)) continue
    const all = newestOf(visible(log))
    const surely = refused === null ? () => -1 : newestOf(withoutRefused(log, refused))
    bounds.set(name, (position) => [surely(position), all(position)])
  }
  return bounds
}

function stampedTopics(graph: Graph): Set<string> {
  const nodes = graph.subTopologies.flatMap((each) => each.nodes.map(({ node }) => node))
  return new Set(nodes.flatMap((node) => (node.kind === 'source' && node.timestamp === null ? [node.topic.name] : [])))
}

/** Places of records that may have been refused; null where policies leave no letter of all of them. */
function refusedIn(history: History): ReadonlySet<string> | null {
  const { graph, decisions } = factsOf(history)
  const nodes = graph.subTopologies.flatMap((each) => each.nodes.map(({ node }) => node))
  if (nodes.some((node) => policiesOf(node).some(({ kind }) => kind !== 'dead-letter'))) return null
  const refused = new Set<string>()
  for (const each of decisions) if (each.kind === 'lead') refused.add(`${each.input}@${each.offsets[each.input]}`)
  const queues = new Set(graph.internal.flatMap(({ name, kind }) => (kind === 'dead-letter' ? [name] : [])))
  for (const log of history.partitions) {
    if (!queues.has(log.topic)) continue
    for (const letter of visible(log)) refused.add(sourceOf(letter))
  }
  return refused
}

function sourceOf({ headers }: LoggedRecord): string {
  const of = (name: string): string =>
    Buffer.from(headers.findLast((each) => each.name === `__streams.errors.${name}`)?.value ?? []).toString()
  return `${of('topic')}-${of('partition')}@${of('offset')}`
}

function withoutRefused(log: LoggedPartition, refused: ReadonlySet<string>): LoggedRecord[] {
  const name = partitionName(log)
  return visible(log).filter(({ offset }) => !refused.has(`${name}@${offset}`))
}

/** The largest time below an offset; -1 where there is none. */
function newestOf(records: readonly LoggedRecord[]): (below: number) => number {
  const largest: number[] = []
  for (const { timestamp } of records) largest.push(Math.max(timestamp, largest.at(-1) ?? -1))
  return (below) => largest[firstAt(records, below) - 1] ?? -1
}
