/**
 * Sub-topologies that feed each other in a circle, as those of a foreign-key join do (left -> requests -> right -> answers
 * -> left), or one that reads what it writes. Records go round such a circle a few times at most, since nodes never do; so
 * time need not wait for itself. How often a record may have been round before it reaches a node is that node's round.
 */
import type { Draft } from './draft.ts'

/**
 * The round of each draft: 0 outside of circles. Within a circle one more than that of what writes it, for a repartition
 * source; the largest of its inputs, for other nodes. Numbered without gaps in each sub-topology.
 *
 * Marks of a round wait only for inputs of that round and of those before it, and a writer in the circle is always a round
 * before its reader: so no mark ever waits for itself, however circles are intertwined.
 * @param drafts inputs before what reads them
 * @example roundsOf(drafts).get(answers) // 1, where its writers wait for this sub-topology
 */
export function roundsOf(drafts: readonly Draft[]): ReadonlyMap<Draft, number> {
  const steps = stepsOf(drafts)
  const rounds = new Map<Draft, number>()
  for (const component of new Set(drafts.map((draft) => draft.component))) {
    const own = drafts.filter((draft) => draft.component === component)
    const numbers = [...new Set(own.map((draft) => steps.get(draft)!))].sort((one, other) => one - other)
    for (const draft of own) rounds.set(draft, numbers.indexOf(steps.get(draft)!))
  }
  return rounds
}

/** How many topics of its circle lie before each draft, on the longest way. */
function stepsOf(drafts: readonly Draft[]): Map<Draft, number> {
  const writers = writersOf(drafts)
  const reached = reachedFrom(drafts, writers)
  const steps = new Map<Draft, number>()
  for (const draft of drafts) {
    const writer = writers.get(draft)
    const isInCircle = writer !== undefined && reached.get(draft.component)!.has(writer.component)
    steps.set(draft, isInCircle ? steps.get(writer)! + 1 : Math.max(0, ...draft.inputs.map((each) => steps.get(each)!)))
  }
  return steps
}

/** By repartition source the sink that writes its topic. */
function writersOf(drafts: readonly Draft[]): Map<Draft, Draft> {
  const sinks = new Map(drafts.flatMap((draft) => (draft.role === 'repartition-sink' ? [[draft.node, draft]] : [])))
  return new Map(
    drafts.flatMap((draft) => (draft.role === 'repartition-source' ? [[draft, sinks.get(draft.node)!]] : [])),
  )
}

/** By component those that its records get to, itself included. */
function reachedFrom(drafts: readonly Draft[], writers: ReadonlyMap<Draft, Draft>): Map<Draft, Set<Draft>> {
  const next = new Map<Draft, Set<Draft>>(drafts.map(({ component }) => [component, new Set()]))
  for (const [source, sink] of writers) next.get(sink.component)!.add(source.component)
  return new Map([...next.keys()].map((component) => [component, closureOf(component, next)]))
}

function closureOf(from: Draft, next: ReadonlyMap<Draft, ReadonlySet<Draft>>): Set<Draft> {
  const reached = new Set([from])
  for (const each of reached) for (const further of next.get(each)!) reached.add(further)
  return reached
}
