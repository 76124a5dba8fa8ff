/** Whether any source record came later than its source had said, or than the wall clock waited for. */
import { partitionName } from '../../../record.ts'
import type { Graph } from '../../../topology/graph.ts'
import type { Node, SourceNode } from '../../../topology/nodes.ts'
import type { History, LoggedPartition, LoggedRecord } from '../history.ts'
import { factsOf, visible } from './facts.ts'

/**
 * True where no record is older than what its own task has promised by then: disorder is within what the sources say, and no
 * partition was taken for idle that still had old records to come. Then nothing can be late anywhere behind them.
 * @param kind whose records: of streams, or of tables that remember versions
 * @example isInTime(history) // false: windows may refuse records, and which ones depends on who ran ahead
 */
export function isInTime(history: History, kind: Timed['kind'] = 'source'): boolean {
  const { graph, logs } = factsOf(history)
  const sources = new Map(
    graph.subTopologies.flatMap(({ nodes }) =>
      nodes.flatMap(({ node }) =>
        isTimed(node) && node.kind === kind ? [[node.topic.name, orderOf(node, graph)] as const] : [],
      ),
    ),
  )
  return [...logs.values()].every((log) => {
    const source = sources.get(log.topic)
    return source === undefined || isOrderly(history, log, source)
  })
}

/** What a source says of the times of its records. */
interface Order extends Pick<SourceNode, 'topic' | 'timestamp' | 'watermark' | 'outOfOrderness'> {
  /** How far a record may be behind the task's time and still be waited for, milliseconds. */
  readonly grace: number
}

type Timed = Extract<Node, { readonly kind: 'source' | 'table-source' }>

/** Tables without versions take updates as they come. */
function isTimed(node: Node): node is Timed {
  return node.kind === 'source' || (node.kind === 'table-source' && node.history !== null)
}

/** Versions of a table may come as late as those wait for them who look them up. */
function orderOf(node: Timed, graph: Graph): Order {
  if (node.kind === 'source') return { ...node, grace: 0 }
  const grace = Math.min(...gracesIn(graph))
  return { topic: node.topic, timestamp: null, watermark: null, outOfOrderness: grace, grace }
}

function gracesIn({ subTopologies }: Graph): number[] {
  const nodes = subTopologies.flatMap((each) => each.nodes.map(({ node }) => node))
  const graces = nodes.flatMap((node) => (node.kind === 'table-lookup' && node.grace !== null ? [node.grace] : []))
  return graces.length === 0 ? [0] : graces
}

function isOrderly(history: History, log: LoggedPartition, source: Order): boolean {
  if (source.watermark !== null) return false
  const said = saidAt(history, log)
  const refused = refusedIn(history, log)
  let newest = Number.NEGATIVE_INFINITY
  for (const record of visible(log)) {
    const time = timeOf(record, log, source)
    // What can't be stamped, or is too far ahead, is rejected and moves no time.
    if (time === null || refused.has(record.offset)) continue
    if (time < newest - source.outOfOrderness || time < said(record.offset) - source.grace) return false
    newest = Math.max(newest, time)
  }
  return true
}

/** Offsets of records that were too far ahead of the wall clock. */
function refusedIn(history: History, log: LoggedPartition): Set<number> {
  const name = partitionName(log)
  const { decisions } = factsOf(history)
  return new Set(decisions.flatMap((each) => (each.kind === 'lead' && each.input === name ? each.offsets[name]! : [])))
}

/** What its task had promised by the commit before a record was taken. */
function saidAt(history: History, { topic, partition }: LoggedPartition): (offset: number) => number {
  const { graph, moves, standings } = factsOf(history)
  const subTopology = graph.subTopologies.find(({ sources }) => sources.some((source) => source.topic === topic))
  const task = `${subTopology?.name}-${partition}`
  const saved = new Map(
    standings.filter((each) => each.task === task).map(({ transaction, progress }) => [transaction, progress]),
  )
  const name = partitionName({ topic, partition })
  const own = moves.filter((move) => partitionName(move) === name)
  let next = 0
  let said = -1
  // Asked in the order of offsets.
  return (offset) => {
    for (; next < own.length && own[next]!.to <= offset; next++)
      said = Math.max(said, saved.get(own[next]!.transaction)?.watermark.value ?? -1)
    return said
  }
}

function timeOf(record: LoggedRecord, { topic, partition }: LoggedPartition, source: Order): number | null {
  const { timestamp, headers, offset, key, value } = record
  if (source.timestamp === null) return timestamp
  try {
    const decoded = value === null ? null : source.topic.value.decode(value, 0, value.length)
    const decodedKey = key === null ? null : source.topic.key.decode(key, 0, key.length)
    return source.timestamp(decoded, { key: decodedKey, timestamp, headers, topic, partition, offset })
  } catch {
    return null
  }
}
