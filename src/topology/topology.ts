/** A topology as its author gives it away: a name and what it writes. */
import { MillraceError } from '../faults.ts'
import { checkPolicies } from './check-policies.ts'
import { checkName } from './names.ts'
import type { AnyNode, Node, SinkNode } from './nodes.ts'
import { checkSources } from './sources.ts'
import { nodesOf } from './walk.ts'

export interface Topology {
  readonly kind: 'topology'
  /** The application: consumer group, and prefix of every internal topic. */
  readonly name: string
  readonly sinks: readonly SinkNode[]
}

/**
 * Names what streams end in. Nothing runs; what no sink reads is left out.
 * @example export const wordCount = topology('word-count', counted.to(counts))
 * @throws MillraceError MR4001 for two stores, repartitions or sources of one name, MR4002 for a name Kafka can't take,
 *   MR4004 when nothing is written
 */
export function topology(name: string, ...sinks: readonly SinkNode[]): Topology {
  checkName('topology', name)
  if (sinks.length === 0) throw incomplete(name, 'it has no sink')
  if (sinks.some((sink) => sink?.kind !== 'sink')) throw incomplete(name, 'something in it is not the result of to()')
  const nodes = nodesOf(sinks)
  const sources = checkSources(nodes)
  checkPolicies(name, nodes)
  const own = nodes.filter((node) => node.kind !== 'table-source' || sources.get(node.topic.name) === node)
  for (const { what, given } of namesOf(own)) refuseSameName(name, what, given)
  return Object.freeze({ kind: 'topology', name, sinks: Object.freeze([...new Set(sinks)]) })
}

function namesOf(nodes: readonly Node[]): { what: string; given: string[] }[] {
  const stores = nodes.flatMap((node: AnyNode) => (node.stores ?? []).map((store) => store.name))
  const repartitions = nodes.flatMap((node) => (node.kind === 'repartition' ? [node.name] : []))
  return [
    { what: 'stores', given: stores },
    { what: 'keyBy steps', given: repartitions },
    { what: 'steps', given: stepNames(nodes) },
  ]
}

function stepNames(nodes: readonly Node[]): string[] {
  return nodes.flatMap(({ name, kind }: AnyNode) => (name === undefined || kind === 'repartition' ? [] : [name]))
}

function refuseSameName(topology: string, what: string, given: readonly string[]): void {
  const twice = given.find((name, index) => given.indexOf(name) !== index)
  if (twice === undefined) return
  throw new MillraceError('fatal', {
    code: 'MR4001',
    what: `Two ${what} are named ${twice}`,
    where: `topology ${topology}`,
    why: 'the name makes a topic in Kafka, which belongs to one of them',
    fix: 'rename one, or call the step once and use its result twice (updates() makes a second fold)',
  })
}

function incomplete(topology: string, why: string): MillraceError {
  return new MillraceError('fatal', {
    code: 'MR4004',
    what: `The topology ${topology} is not complete`,
    why,
    fix: `topology('${topology}', stream.to(topic))`,
  })
}
