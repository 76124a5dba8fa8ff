/**
 * What came out is what the topology gives when it is worked sequentially over the committed input: nothing is missing
 * and nothing is there twice. What may be demanded follows from the graph, and from what two orders of reading agree on.
 */
import type { Finding, History } from '../history.ts'
import { demandsOf } from './demands.ts'
import { exact, factsOf, visible } from './facts.ts'
import { Findings } from './findings.ts'
import { type Demand, strictestFirst } from './natures.ts'
import type { ReferenceRun, Row } from './reference-run.ts'
import { referenceOf } from './references.ts'
import { Tally } from './tally.ts'

/** @example reference(history) // [] */
export function reference(history: History): readonly Finding[] {
  const found = new Findings('reference')
  const { graph } = factsOf(history)
  const demands = demandsOf(history)
  const queues = graph.internal.filter(({ kind }) => kind === 'dead-letter').map(({ name }) => name)
  const topics = [...graph.outputs.map(({ name }) => name), ...queues].filter((topic) => demands.get(topic) !== 'none')
  if (topics.length === 0) return found.all
  const [one, other] = [referenceOf(history, 'by commit'), referenceOf(history, 'by partition')]
  if ('reason' in one || 'reason' in other) {
    const reason = 'reason' in one ? one.reason : 'reason' in other ? other.reason : ''
    found.add(`the topology can't be worked over the committed input: ${reason}`)
    return found.all
  }
  for (const topic of topics)
    compare(topic, agreed(topic, demands.get(topic) ?? 'none', one, other), history, one, found)
  return found.all
}

/** The strictest demand on which both orders of reading agree. */
function agreed(topic: string, demand: Demand, one: ReferenceRun, other: ReferenceRun): Demand {
  const weaker = strictestFirst.slice(strictestFirst.indexOf(demand))
  return weaker.find((each) => views[each](allOf(topic, one)).equals(views[each](allOf(topic, other)))) ?? 'none'
}

function compare(topic: string, demand: Demand, history: History, run: ReferenceRun, found: Findings): void {
  if (demand === 'none') return
  const logs = history.partitions.filter((each) => each.topic === topic)
  if (logs.some(({ isWhole }) => !isWhole)) return
  const rows = logs.flatMap((log) => visible(log).map(({ key, value }) => ({ key: exact(key), value: exact(value) })))
  const view = views[demand]
  const [most, present] = [view(allOf(topic, run)), view(rows)]
  const least = hasEnded(history) ? most : view(run.sofar.get(topic) ?? [])
  for (const { item, times } of most.lacks(present)) {
    // What is to be seen last may still be what was last before time went on.
    if (demand !== 'last' || least.count(item) === 0) found.add(`${topic} has ${times} too many of ${item} (${demand})`)
  }
  if (!history.isDrained) return
  for (const { item, times } of present.lacks(least))
    if (demand !== 'last' || most.count(item) > 0) found.add(`${topic} lacks ${times} of ${item} (${demand})`)
}

/** True where a bounded run came last: every window is closed. */
function hasEnded(history: History): boolean {
  const { standings } = factsOf(history)
  const last = new Map(standings.map(({ task, progress }) => [task, progress]))
  return last.size > 0 && [...last.values()].every(({ run }) => run?.done === true)
}

function allOf(topic: string, { sofar, later }: ReferenceRun): readonly Row[] {
  return [...(sofar.get(topic) ?? []), ...(later.get(topic) ?? [])]
}

/** What of the rows is compared. Rows of one key share a partition, so that their order is that of the log. */
const views: Readonly<Record<Demand, (rows: readonly Row[]) => Tally>> = {
  rows: (rows) => Tally.of(rows.map(({ key, value }) => `${key}: ${value}`)),
  last: (rows) =>
    Tally.of([...new Map(rows.map(({ key, value }) => [key, value]))].map(([key, value]) => `${key}: ${value}`)),
  keys: (rows) => Tally.of(rows.map(({ key }) => key)),
  none: () => new Tally(),
}
