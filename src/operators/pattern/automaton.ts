/** A pattern as a table: from each step, which steps may take the next record, and what must not happen on the way. */
import type { Contiguity, PatternPredicate, PatternStep, RefuseStep, TakeStep } from '../../topology/nodes/pattern.ts'

/** From where a match begins. */
export const start = -1

/** A way from one step to another, or to the end. */
export interface Edge {
  /** Index of a step; the number of steps is the end. */
  readonly target: number
  /** What may lie between; not asked for the end. */
  readonly contiguity: Contiguity
  /** The record behind the last one taken must be none of these. */
  readonly refusesNext: readonly PatternPredicate[]
  /** Nor any record until this edge is gone. */
  readonly refusesAll: readonly PatternPredicate[]
  /** Greedy steps that this edge leaves or passes by: what one of them takes closes it. */
  readonly overtakes: readonly number[]
}

export interface Automaton {
  readonly steps: readonly TakeStep[]
  /** The target that is no step. */
  readonly end: number
  /** Milliseconds. */
  readonly within: number
  /** Matches may be settled by time alone: they end with a refusal, or greedily. */
  readonly waits: boolean
  /** Edges from a step that has taken `count` records, by target, ascending. */
  edges(step: number, count: number): readonly Edge[]
}

/**
 * @example automatonOf(node.sequence, node.within).edges(start, 0) // whatever the first record of a match may be
 */
export function automatonOf(sequence: readonly PatternStep[], within: number): Automaton {
  const steps = sequence.filter((step) => step.kind === 'take')
  const onward = [start, ...steps.keys()].map((from) => onwardEdges(sequence, steps, from))
  const again = steps.map((_, index) => edgeOf(sequence, steps, index, index))
  const repeated = steps.map((_, index) => [
    again[index]!,
    ...onward[index + 1]!.map((edge) => leave(edge, index, steps)),
  ])
  // With fewer records than it needs it is not followed by anything yet.
  const growing = again.map((edge) => [Object.freeze({ ...edge, refusesNext: [] })])
  const edges: Automaton['edges'] = (step, count) => {
    if (step === start) return onward[0]!
    const { from, to } = steps[step]!
    if (to !== null && count >= to) return onward[step + 1]!
    return count >= from ? repeated[step]! : growing[step]!
  }
  const ends = [...onward.slice(1), ...repeated].flat().filter(({ target }) => target === steps.length)
  const waits = ends.some(({ refusesNext, refusesAll, overtakes }) => {
    return refusesNext.length + refusesAll.length + overtakes.length > 0
  })
  return Object.freeze({ steps, end: steps.length, within, waits, edges })
}

/** To the step behind, past optional ones, and to the end if all that follow are. */
function onwardEdges(sequence: readonly PatternStep[], steps: readonly TakeStep[], from: number): Edge[] {
  const edges: Edge[] = []
  for (let target = from + 1; target <= steps.length; target++) {
    if (from !== start || target !== steps.length) edges.push(edgeOf(sequence, steps, from, target))
    if (target < steps.length && !steps[target]!.optional) break
  }
  return edges
}

/** To a step, to one more record of the same step, or to the end. */
function edgeOf(sequence: readonly PatternStep[], steps: readonly TakeStep[], from: number, target: number): Edge {
  const isAgain = from === target
  const refusals = from === start ? [] : refusalsOf(sequence, steps, from, isAgain ? target + 1 : target)
  const predicates = (reach: RefuseStep['reach']): PatternPredicate[] => {
    return refusals.filter((refusal) => refusal.reach === reach).map(({ predicate }) => predicate)
  }
  return Object.freeze({
    target,
    contiguity: isAgain ? steps[target]!.inner : (steps[target]?.contiguity ?? 'any'),
    refusesNext: predicates('next'),
    refusesAll: predicates('until-next-step'),
    overtakes: [...steps.keys()].slice(from + 1, target).filter((index) => steps[index]!.greedy),
  })
}

/** An edge that leaves a step which could take more. */
function leave(edge: Edge, from: number, steps: readonly TakeStep[]): Edge {
  return steps[from]!.greedy ? Object.freeze({ ...edge, overtakes: [from, ...edge.overtakes] }) : edge
}

/** What stands between two steps; before the end only what stands behind all steps: a step not taken needs no guard. */
function refusalsOf(
  sequence: readonly PatternStep[],
  steps: readonly TakeStep[],
  from: number,
  target: number,
): readonly RefuseStep[] {
  const first = sequence.indexOf(steps[target < steps.length ? from : steps.length - 1]!)
  const last = target < steps.length ? sequence.indexOf(steps[target]!) : sequence.length
  return sequence.slice(first + 1, last).filter((step) => step.kind === 'refuse')
}
