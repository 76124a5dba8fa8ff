/** A graph as a tree per sub-topology, for a terminal. */

import type { TimeWindows } from '../time/windows.ts'
import { type Graph, type GraphNode, type InternalTopic, type SubTopology, topicNames } from './graph.ts'
import type { AggregateNode, Node, SourceNode } from './nodes.ts'

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
  if ('count' in partitionsOf) return `${kind}, ${partitionsOf.count} partitions`
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
      return [`reads ${node.topic.name}`, `table ${node.store}`]
    case 'repartition':
      return [`writes ${repartitionTopic(app, node)}`, `key ${node.keySerde.name}`]
    case 'sink':
      return [`writes ${node.topic.name}`]
    case 'lookup':
      return node.inner ? ['drops what has no row'] : []
    case 'aggregate':
      return [node.fold, ...describeWindows(node), `store ${topicNames.changelog(app, node.store)}`]
    default:
      return []
  }
}

function describePolicies(node: Node): string[] {
  const policies = 'onFailure' in node ? (node.onFailure ?? []) : []
  const names = policies.map((policy) => (policy.kind === 'dead-letter' ? `dead letter ${policy.name}` : policy.kind))
  return names.length === 0 ? [] : [`on failure ${names.join(', then ')}`]
}

function describeTime({ timestamp, outOfOrderness }: SourceNode): string[] {
  const time = timestamp === null ? [] : ['time from the value']
  return outOfOrderness === 0 ? time : [...time, `out of order up to ${describeLength(outOfOrderness)}`]
}

function describeWindows({ windows, emit }: AggregateNode): string[] {
  if (windows === null) return []
  return [describeTimeWindows(windows), emit === 'final' ? 'a row when a window closes' : 'a row per change']
}

function describeTimeWindows({ kind, size, hop, offset, grace }: TimeWindows): string {
  const every = kind === 'hopping' ? ` every ${describeLength(hop)}` : ''
  const shifted = offset === 0 ? '' : ` shifted by ${describeLength(offset)}`
  return `${kind} ${describeLength(size)}${every}${shifted}${grace === 0 ? '' : ` grace ${describeLength(grace)}`}`
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
