/** A graph as a tree per sub-topology, for a terminal. */

import type { AsyncPolicy } from '../policies/policy.ts'
import type { Trigger } from '../time/triggers.ts'
import type { Windows } from '../time/windows.ts'
import { type Graph, type GraphNode, type InternalTopic, type SubTopology, topicNames } from './graph.ts'
import type { SuppressNode, ToTableNode } from './nodes/tables.ts'
import type { AggregateNode, AnyNode, Node, SourceNode, TableSourceNode } from './nodes.ts'

export function describeAsText(graph: Graph): string {
  const { app, inputs, outputs, internal, subTopologies } = graph
  const tables = new Set(graph.globalTables.map(({ name }) => name))
  const lines = [
    `topology ${app}`,
    row('reads', inputs.map(({ name }) => (tables.has(name) ? `${name} (whole, in every worker)` : name)).join(', ')),
    row('writes', outputs.map(({ name }) => name).join(', ')),
    ...internal.map((topic, index) => row(index === 0 ? 'makes' : '', `${topic.name} (${describePartitions(topic)})`)),
    ...subTopologies.flatMap((each) => ['', ...describeSubTopology(app, each)]),
  ]
  return `${lines.join('\n')}\n`
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(8)}${text}`
}

function describePartitions({ kind, partitionsOf }: InternalTopic): string {
  if (partitionsOf === 'largest') return `${kind}, partitions as the largest sub-topology`
  if ('count' in partitionsOf) return `${kind}, ${partitionsOf.count} partition${partitionsOf.count === 1 ? '' : 's'}`
  if ('topics' in partitionsOf) return `${kind}, partitions as ${partitionsOf.topics.join(', ')}`
  return `${kind}, partitions as sub-topology ${partitionsOf.subTopology}`
}

function describeSubTopology(app: string, subTopology: SubTopology): string[] {
  const shown = new Set<number>()
  const tree = (node: GraphNode, note: string, lead: string, indent: string): string[] => {
    if (shown.has(node.index)) return [`${lead}${note}${node.name} (above)`]
    shown.add(node.index)
    const children = [
      ...node.outputs.map((to) => ({ to, note: '' })),
      ...node.late.map((to) => ({ to, note: 'late: ' })),
    ]
    const below = children.flatMap((child, index) => {
      const isLast = index === children.length - 1
      const next = subTopology.nodes[child.to]!
      return tree(next, child.note, `${indent}${isLast ? '└─ ' : '├─ '}`, `${indent}${isLast ? '   ' : '│  '}`)
    })
    return [`${lead}${note}${describeNode(app, node)}`, ...below]
  }
  const trees = subTopology.sources.flatMap(({ node }) => tree(subTopology.nodes[node]!, '', '  ', '  '))
  return [`sub-topology ${subTopology.id}`, ...trees]
}

function describeNode(app: string, { name, role, node }: GraphNode): string {
  const own = role === 'repartition-source' ? [`reads ${repartitionTopic(app, node)}`] : detailsOf(app, node)
  const details = [...own, ...describePolicies(node)]
  return details.length === 0 ? name : `${name}: ${details.join(', ')}`
}

function repartitionTopic(app: string, node: Node): string {
  return node.kind === 'repartition' ? topicNames.repartition(app, node.name) : ''
}

function detailsOf(app: string, node: Node): string[] {
  switch (node.kind) {
    case 'source':
      return [`reads ${node.topic.name}`, ...describeTime(node)]
    case 'table-source':
      return [`reads ${node.topic.name}`, `table ${node.store}`, ...describeUpdates(node)]
    case 'to-table':
      return [...describeUpdates(node), ...describeStores(app, node)]
    case 'dedupe':
      return [`within ${describeLength(node.within)}${graceOf(node)}`, ...describeStores(app, node)]
    case 'top':
      return [`the best ${node.count}`, ...describeStores(app, node)]
    case 'repartition':
      return [`writes ${repartitionTopic(app, node)}`, `key ${node.keySerde.name}`]
    case 'sink':
      return [`writes ${node.topic.name}`]
    case 'lookup':
      return node.inner ? ['drops what has no row'] : []
    case 'map-async':
      return [`${node.concurrency} at a time`, `each within ${describeLength(node.timeout)}`]
    case 'aggregate':
      return [node.fold, ...describeWindows(node), ...describeLife(node), ...describeStores(app, node)]
    case 'suppress':
      return [describeWait(node), ...describeStores(app, node)]
    case 'stream-join':
      return [describePairs(node), ...describeStores(app, node)]
    case 'table-lookup':
      return [`${node.join}${node.asOf ? ' as of the record' : ''}`, ...describeStores(app, node)]
    case 'table-join':
    case 'foreign-key-result':
      return [node.join, ...describeStores(app, node)]
    default:
      return describeStores(app, node)
  }
}

function describePairs(node: Extract<Node, { kind: 'stream-join' }>): string {
  const { join, before, after, emit } = node
  const mode = join !== 'inner' && emit === 'updates' ? ', unmatched rows at once' : ''
  return `${join}, ${describeLength(before)} before to ${describeLength(after)} after${graceOf(node)}${mode}`
}

function describeStores(app: string, { stores = [] }: AnyNode): string[] {
  return stores.map(({ name }) => `store ${topicNames.changelog(app, name)}`)
}

function describeUpdates({ order, history, ttl, deleteRetention }: TableSourceNode | ToTableNode): string[] {
  return [
    ...(order === 'arrival' ? ['as they come'] : []),
    ...(history === null ? [] : [`versions of ${describeLength(history)}`]),
    ...(ttl === null ? [] : [`rows live ${describeLength(ttl)}`]),
    ...(ttl !== null || deleteRetention === null || deleteRetention === Number.POSITIVE_INFINITY
      ? []
      : [`deletions known for ${describeLength(deleteRetention)}`]),
  ]
}

function describeLife({ ttl }: AggregateNode): string[] {
  return ttl === null ? [] : [`rows live ${describeLength(ttl)}`]
}

function describeWait({ until, maxRows, whenFull }: SuppressNode): string {
  const wait = until === 'close' ? 'holds back until windows close' : `holds back for ${describeLength(until.wait)}`
  return maxRows === null ? wait : `${wait}, ${maxRows} rows at most, then ${whenFull}`
}

function graceOf({ grace }: { readonly grace: number }): string {
  return grace === 0 ? '' : ` grace ${describeLength(grace)}`
}

function describePolicies(node: Node): string[] {
  const policies = 'onFailure' in node ? (node.onFailure ?? []) : []
  const names = policies.map(describePolicy)
  const late = 'late' in node && node.late !== undefined ? [`late records to dead letter ${node.late.name}`] : []
  return names.length === 0 ? late : [`on failure ${names.join(', then ')}`, ...late]
}

function describePolicy(policy: AsyncPolicy): string {
  switch (policy.kind) {
    case 'retry':
      return `retry ${policy.times} times`
    case 'retry-topics':
      return `retry topics ${policy.name} ${policy.delays.map(describeLength).join(' ')}`
    case 'dead-letter':
      return `dead letter ${policy.name}`
    case 'breaker':
    case 'park':
      return `${policy.kind} ${policy.name}`
    default:
      return policy.kind
  }
}

function describeTime({ timestamp, outOfOrderness }: SourceNode): string[] {
  const time = timestamp === null ? [] : ['time from the value']
  return outOfOrderness === 0 ? time : [...time, `out of order up to ${describeLength(outOfOrderness)}`]
}

function describeWindows({ windows, emit, trigger }: AggregateNode): string[] {
  if (windows === null) return []
  if (trigger === null) return [describeKind(windows), emissions[emit]]
  const closes = windows.kind === 'global' ? '' : ', and when a window closes'
  return [describeKind(windows), `rows ${describeTrigger(trigger)}${closes}`]
}

const emissions: Readonly<Record<AggregateNode['emit'], string>> = {
  final: 'a row when a window closes',
  updates: 'a row per change',
  early: 'rows before a window closes, and when it does',
  'on-time': 'a row at the end of a window, and per late record',
}

function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'records':
      return `after every ${trigger.count} records`
    case 'wall-clock':
      return `every ${describeLength(trigger.every)} of the wall clock`
    case 'event-time':
      return `every ${describeLength(trigger.every)} of event time`
    case 'change':
      return 'on a change'
  }
}

/** Its kind, and every length by its name. */
function describeKind({ kind, ...settings }: Windows): string {
  const parts = Object.entries(settings).map(([name, value]) => describeSetting(kind, name, value))
  return [kind, ...parts.filter((part) => part !== '')].join(' ')
}

function describeSetting(kind: Windows['kind'], name: string, value: number | null): string {
  if (value === null || (kind === 'tumbling' && name === 'hop')) return ''
  if (kind === 'count' && name !== 'timeout') return `${name === 'count' ? '' : `${name} `}${value}`
  const length = describeLength(value)
  if (name === 'size' || name === 'length' || name === 'gap') return length
  if (name === 'hop') return `every ${length}`
  if (value === 0) return ''
  return name === 'offset' ? `shifted by ${length}` : `${name} ${length}`
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** `1h30m`, the way configuration spells it. */
function describeLength(milliseconds: number): string {
  let rest = Math.abs(milliseconds)
  const parts = units.map(([unit, length]) => {
    const count = Math.floor(rest / length)
    rest -= count * length
    return count === 0 ? '' : `${count}${unit}`
  })
  return `${milliseconds < 0 ? '-' : ''}${parts.join('') || '0s'}`
}
