/** What may be demanded of each topic that a topology writes for others: the weakest of all that lies before it. */
import { type Graph, type GraphNode, type SubTopology, topicNames } from '../../../topology/graph.ts'
import type { History } from '../history.ts'
import { factsOf } from './facts.ts'
import { isInTime } from './in-time.ts'
import { type Demand, natureOf, weaker } from './natures.ts'

/** By full name: outputs and dead-letter queues. */
export type Demands = ReadonlyMap<string, Demand>

/** @example demandsOf(history).get('counts') // 'rows' */
export function demandsOf(history: History): Demands {
  const { graph } = factsOf(history)
  const demands = new Map<string, Demand>()
  const lower = (topic: string, demand: Demand): void => {
    demands.set(topic, weaker(demands.get(topic) ?? 'rows', demand))
  }
  const areVersionsInTime = isInTime(history, 'table-source')
  const context = { history, graph, isInTime: isInTime(history), areVersionsInTime, behind: demands }
  // A repartition topic that leads back is not known yet when it is read: then nothing is demanded.
  for (const subTopology of graph.subTopologies) {
    const ofNodes = demandsIn(subTopology, context)
    for (const each of subTopology.nodes) {
      const topic = writtenBy(each, graph.app)
      if (topic !== null) lower(topic, ofNodes[each.index]!)
    }
    const weakest = ofNodes.reduce(weaker)
    for (const queue of queuesOf(graph, subTopology)) lower(queue, weakest)
  }
  return demands
}

/** True where all that a sub-topology reads is the user's: its tasks repeat themselves. */
export function readsUsersTopics({ sources }: SubTopology): boolean {
  return sources.every(({ writers }) => writers === null)
}

/** Full names of the queues that its records may end in. */
export function queuesOf(graph: Graph, { sources }: SubTopology): string[] {
  const own = new Set(sources.map(({ topic }) => topic))
  return graph.internal
    .filter(({ kind, feeds = [] }) => kind === 'dead-letter' && feeds.some(({ source }) => own.has(source)))
    .map(({ name }) => name)
}

/** The topic of a node that writes one, else null. */
export function writtenBy({ node, role }: GraphNode, app: string): string | null {
  if (node.kind === 'sink') return node.topic.name
  return node.kind === 'repartition' && role === 'repartition-sink' ? topicNames.repartition(app, node.name) : null
}

interface Context {
  readonly history: History
  readonly graph: Graph
  readonly isInTime: boolean
  readonly areVersionsInTime: boolean
  readonly behind: ReadonlyMap<string, Demand>
}

/** By index of the node. */
function demandsIn(subTopology: SubTopology, context: Context): Demand[] {
  const isAlone = readsUsersTopics(subTopology)
  const demands: Demand[] = []
  for (const each of subTopology.nodes) {
    const { index, node, role, inputs } = each
    const nature = natureOf(node, isAlone)
    let demand = nature.needsTime && !context.isInTime ? 'none' : nature.demand
    if (nature.needsVersions && !context.areVersionsInTime) demand = weaker(demand, 'keys')
    if (node.kind === 'lookup' && !isSettled(context.history, node.table.name)) demand = 'none'
    if (role === 'repartition-source' && node.kind === 'repartition')
      demand = weaker(demand, context.behind.get(topicNames.repartition(context.graph.app, node.name)) ?? 'none')
    demands[index] = inputs.reduce((sofar, input) => weaker(sofar, demands[input] ?? 'none'), demand)
  }
  return demands
}

/** True where a table that every worker reads whole was written before the first worker could join. */
function isSettled({ requests, partitions }: History, table: string): boolean {
  const joined = requests.find(({ api }) => api === 'JoinGroup')
  const last = requests.findLast(({ api, topics }) => api === 'Produce' && topics.includes(table))
  const hasRecords = partitions.some(({ topic, records }) => topic === table && records.length > 0)
  if (!hasRecords) return true
  return joined !== undefined && last !== undefined && last.time < joined.time
}
