/** Which queues of dead letters the records of which sources can end in, and through which topics they come again. */
import type { AsyncPolicy } from '../policies/policy.ts'
import { type GraphNode, type GraphReentry, type GraphSource, type SubTopology, topicNames } from './graph.ts'

type Parts = Pick<SubTopology, 'nodes' | 'sources'>

/** A queue and one of the sources that feed it. */
export interface Feed {
  readonly queue: string
  readonly source: GraphSource
}

/** Every queue beside every source of the sub-topology whose records can end there. */
export function feedsOf({ nodes, sources }: Parts): Feed[] {
  const steps = nodes.filter(({ role, node }) => role !== 'repartition-source' && !isSource(node))
  return sources.flatMap((source) => {
    const name = nameOf(nodes[source.node]!, source)
    const inherited = policiesOf(nodes[source.node]!.node) ?? []
    const queues = [...queuesOf(inherited, name), ...steps.flatMap(({ node }) => queuesOfStep(node, name))]
    return [...new Set(queues)].map((queue) => ({ queue, source }))
  })
}

/** Topics of retries, one a name and delay, and one for redrives of each source that feeds a queue. */
export function reentriesOf(app: string, { nodes, sources }: Parts): GraphReentry[] {
  const topics = sources.map(({ topic }) => topic)
  const retries = new Set(nodes.flatMap(({ node }) => retryTopicsOf(app, node)))
  const fed = new Set(feedsOf({ nodes, sources }).map(({ source }) => source))
  return [
    ...[...retries].map((topic) => ({ topic, kind: 'retry' as const, sources: topics })),
    ...[...fed].map((source) => {
      return { topic: redriveTopicOf(app, nodes, source), kind: 'redrive' as const, sources: [source.topic] }
    }),
  ]
}

/** Of letters that were read from this source. */
export function redriveTopicOf(app: string, nodes: readonly GraphNode[], source: GraphSource): string {
  return topicNames.redrive(app, nameOf(nodes[source.node]!, source))
}

/** True where an operator can have something to do: a task or a breaker to bring back. */
export function hasOperators({ nodes }: Pick<SubTopology, 'nodes'>): boolean {
  return nodes.some(({ node }) => policiesOf(node)?.some(({ kind }) => kind === 'pause' || kind === 'breaker'))
}

/** As its author named it: a topic, or the step that makes one. */
function nameOf({ node }: GraphNode, { topic }: GraphSource): string {
  return node.kind === 'repartition' ? node.name : topic
}

function isSource({ kind }: GraphNode['node']): boolean {
  return kind === 'source' || kind === 'table-source'
}

/** A step without policies has those of the source. */
function queuesOfStep(node: GraphNode['node'], source: string): string[] {
  const own = policiesOf(node) ?? []
  const late = 'late' in node && node.late !== undefined ? [node.late.name] : []
  return [...(own.length === 0 ? [] : queuesOf(own, source)), ...late]
}

/** A list that does not end by itself ends in the queue of the source; `park` takes no record without a key. */
function queuesOf(policies: readonly AsyncPolicy[], source: string): string[] {
  const named = policies.flatMap((policy) =>
    policy.kind === 'dead-letter' || policy.kind === 'park' ? [policy.name] : [],
  )
  return policies.some(({ kind }) => ends.includes(kind)) ? named : [...named, source]
}

const ends: readonly AsyncPolicy['kind'][] = ['dead-letter', 'skip', 'pause', 'stop']

function policiesOf(node: GraphNode['node']): readonly AsyncPolicy[] | undefined {
  return 'onFailure' in node ? node.onFailure : undefined
}

/** One a delay. */
export function retryTopicsOf(app: string, node: GraphNode['node']): string[] {
  return (policiesOf(node) ?? []).flatMap((policy) =>
    policy.kind === 'retry-topics' ? policy.delays.map((delay) => topicNames.retry(app, policy.name, delay)) : [],
  )
}
