/**
 * The books of each transaction: what it moved positions over is what it wrote of, no more and no less. For tasks whose
 * steps keep nothing the rows of each record are known from the reference; so an output outside of its transaction, or
 * a record passed over, shows at once.
 */

import { decodeMarks } from '../../../runtime/time/marks.ts'
import type { Graph, SubTopology } from '../../../topology/graph.ts'
import type { Finding, History } from '../history.ts'
import { queuesOf, readsUsersTopics, writtenBy } from './demands.ts'
import { exact, factsOf, transactionOf, visible } from './facts.ts'
import { Findings } from './findings.ts'
import { natureOf } from './natures.ts'
import type { Row, Rows } from './reference-run.ts'
import { referenceOf } from './references.ts'
import { Tally } from './tally.ts'

/** @example ledger(history) // [] */
export function ledger(history: History): readonly Finding[] {
  const found = new Findings('ledger')
  const torn = new Set(history.partitions.flatMap(({ topic, isWhole }) => (isWhole ? [] : topic)))
  const topics = attributable(factsOf(history).graph).filter((topic) => !torn.has(topic))
  const run = topics.length === 0 ? null : referenceOf(history, 'by commit')
  // That it can't be worked is said by the reference itself.
  if (run === null || 'reason' in run) return found.all
  const written = writtenIn(history, topics)
  for (const transaction of new Set([...run.caused.keys(), ...written.keys()])) {
    const owed = tallyOf(run.caused.get(transaction), topics)
    const paid = written.get(transaction) ?? new Tally()
    for (const { item, times } of paid.lacks(owed))
      found.add(`transaction ${transaction} passed a record and lacks ${times} of ${item}`)
    for (const { item, times } of owed.lacks(paid))
      found.add(`transaction ${transaction} wrote ${times} of ${item} without the record that gives it`)
  }
  return found.all
}

function tallyOf(rows: Rows | undefined, topics: readonly string[]): Tally {
  const of = (topic: string): readonly Row[] => rows?.get(topic) ?? []
  return Tally.of(topics.flatMap((topic) => of(topic).map(({ key, value }) => `${topic} ${key} ${value}`)))
}

/** By transaction: what it wrote to those topics. */
function writtenIn(history: History, topics: readonly string[]): Map<string, Tally> {
  const written = new Map<string, Tally>()
  for (const log of history.partitions) {
    if (!topics.includes(log.topic)) continue
    for (const record of visible(log)) {
      if (decodeMarks(record.headers) !== null) continue
      const name = transactionOf(record)
      const tally = written.get(name) ?? new Tally()
      written.set(name, tally)
      tally.add(`${log.topic} ${exact(record.key)} ${exact(record.value)}`)
    }
  }
  return written
}

/** Topics that are written by tasks alone that read the user's topics and keep nothing: each row has one record behind it. */
function attributable(graph: Graph): string[] {
  const [plain, others] = [new Set<string>(), new Set<string>()]
  for (const each of graph.subTopologies) {
    const topics = isPlain(each) ? plain : others
    for (const node of each.nodes) {
      const topic = writtenBy(node, graph.app)
      if (topic !== null) topics.add(topic)
    }
    for (const queue of queuesOf(graph, each)) topics.add(queue)
  }
  const sized = new Set(graph.internal.filter(({ partitionsOf }) => sizeIsGiven(partitionsOf)).map(({ name }) => name))
  return [...plain].filter((topic) => !others.has(topic) && !sized.has(topic))
}

/** Such a topic has other partitions than the reference gives all. */
function sizeIsGiven(partitionsOf: unknown): boolean {
  return typeof partitionsOf === 'object' && partitionsOf !== null && 'count' in partitionsOf
}

function isPlain(subTopology: SubTopology): boolean {
  if (!readsUsersTopics(subTopology) || subTopology.stores.length > 0) return false
  return subTopology.nodes.every(({ node, role }) => {
    const { demand, needsTime } = natureOf(node, false)
    return role !== 'repartition-source' && demand === 'rows' && needsTime !== true && node.kind !== 'lookup'
  })
}
