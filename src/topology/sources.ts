/** A topic is read once per topology, however often `from` names it. */
import { isDeepStrictEqual } from 'node:util'
import { MillraceError } from '../faults.ts'
import type { Policy } from '../policies/policy.ts'
import type { Node, SourceNode, TableSourceNode } from './nodes.ts'

type TopicSource = SourceNode | TableSourceNode

/**
 * The first source of each topic, by its name: it stands for all others, which say the same.
 * @throws MillraceError MR4001 when two sources of one topic differ
 */
export function checkSources(nodes: readonly Node[]): ReadonlyMap<string, TopicSource> {
  const sources = new Map<string, TopicSource>()
  for (const node of nodes) {
    if (node.kind !== 'source' && node.kind !== 'table-source') continue
    const first = sources.get(node.topic.name)
    if (first === undefined) sources.set(node.topic.name, node)
    else if (!isSame(first, node)) throw differing(node.topic.name)
  }
  return sources
}

function isSame(one: TopicSource, other: TopicSource): boolean {
  if (one === other) return true
  if (one.topic.key.name !== other.topic.key.name || one.topic.value !== other.topic.value) return false
  if (!isSamePolicy(one.onFailure, other.onFailure)) return false
  if (one.kind === 'source') return other.kind === 'source' && isSameTime(one, other)
  return other.kind === 'table-source' && isSameTable(one, other)
}

function isSameTable(one: TableSourceNode, other: TableSourceNode): boolean {
  return (
    one.order === other.order &&
    one.history === other.history &&
    one.ttl === other.ttl &&
    one.deleteRetention === other.deleteRetention &&
    one.idleAfter === other.idleAfter &&
    one.maxLead === other.maxLead
  )
}

function isSameTime(one: SourceNode, other: SourceNode): boolean {
  return (
    one.timestamp === other.timestamp &&
    one.outOfOrderness === other.outOfOrderness &&
    one.idleAfter === other.idleAfter &&
    one.maxLead === other.maxLead &&
    one.watermark === other.watermark &&
    one.wait === other.wait &&
    one.maxDrift === other.maxDrift
  )
}

/** Policies are plain data, but for functions, which are the same or not. */
function isSamePolicy(one: readonly Policy[], other: readonly Policy[]): boolean {
  return isDeepStrictEqual(one, other)
}

function differing(topic: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4001',
    what: `The topic ${topic} is read twice with different options or serdes`,
    why: 'a topology reads a topic once, and its event time is set there',
    fix: 'call from() once and use its result twice',
  })
}
