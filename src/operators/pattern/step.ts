/** One record against the matches under way: pure, so that every order of calls gives the same. */
import type { PatternPredicate } from '../../topology/nodes/pattern.ts'
import { type Automaton, type Edge, start } from './automaton.ts'
import { Look, type PatternRecord, type ValueAt } from './look.ts'
import { compareMatches, type Match, type Progress, type Run, startOf, type Taken } from './run.ts'

const nothing: readonly Taken[] = Object.freeze([])

/** What comes out of one run: a list to be filled, since most records change little. */
interface Outcome {
  readonly runs: Run[]
  readonly matches: Match[]
}

/**
 * Shows a record, in event-time order, to the runs of its key, and begins new ones with it. Runs whose time is over are
 * to be `expire`d before. A run that the record does not change stays the same object.
 * @example const { runs, matches } = step(automaton, [], { id: [time, 0], key, value }, valueAt)
 */
export function step(automaton: Automaton, runs: readonly Run[], record: PatternRecord, valueAt: ValueAt): Progress {
  const outcome: Outcome = { runs: [], matches: [] }
  for (const run of runs) showTo(automaton, run, record, valueAt, outcome)
  begin(automaton, record, valueAt, outcome)
  return { runs: outcome.runs, matches: outcome.matches.sort(compareMatches) }
}

/** Ends what began `within` or longer before `time`; what then only waited for time to pass is a match. */
export function expire(automaton: Automaton, runs: readonly Run[], time: number): Progress {
  const isOver = (run: Run): boolean => startOf(run.taken)[0] + automaton.within <= time
  if (!runs.some(isOver)) return { runs, matches: [] }
  const matches = runs.filter((run) => isOver(run) && run.open.includes(automaton.end)).map(({ taken }) => taken)
  return { runs: runs.filter((run) => !isOver(run)), matches: matches.sort(compareMatches) }
}

function showTo(automaton: Automaton, run: Run, record: PatternRecord, valueAt: ValueAt, outcome: Outcome): void {
  const { taken, count, open, fresh } = run
  const [last] = taken.at(-1)!
  const look = new Look(automaton.steps, taken, record, valueAt)
  const edges = automaton.edges(last, count).filter(({ target }) => open.includes(target))
  const { takers, left } = judge(automaton, edges, record, look, fresh)
  const isMatch = left.some((edge) => edge.target === automaton.end && isSettled(edge, left, false))
  if (isMatch) outcome.matches.push(taken)
  const stays = left.map(({ target }) => target).filter((target) => !isMatch || target !== automaton.end)
  if (stays.length === open.length && !fresh) outcome.runs.push(run)
  else if (stays.length > 0) outcome.runs.push({ taken, count, open: stays, fresh: false })
  for (const target of takers) grow(automaton, taken, target, target === last ? count + 1 : 1, record, outcome)
}

function begin(automaton: Automaton, record: PatternRecord, valueAt: ValueAt, outcome: Outcome): void {
  const look = new Look(automaton.steps, nothing, record, valueAt)
  const { takers } = judge(automaton, automaton.edges(start, 0), record, look, true)
  for (const target of takers) grow(automaton, nothing, target, 1, record, outcome)
}

/** Which steps take the record, and which edges are open after it. */
function judge(
  { steps, end }: Automaton,
  edges: readonly Edge[],
  { value }: PatternRecord,
  look: Look,
  fresh: boolean,
): { readonly takers: readonly number[]; readonly left: readonly Edge[] } {
  const takers: number[] = []
  const left: Edge[] = []
  const holds = (predicate: PatternPredicate): boolean => predicate(value as never, look as never)
  for (const edge of edges) {
    const { target, contiguity, refusesNext, refusesAll, overtakes } = edge
    if (overtakes.some((greedy) => takers.includes(greedy))) continue
    if (refusesAll.some(holds) || (fresh && refusesNext.some(holds))) continue
    const takes = target !== end && holds(steps[target]!.predicate)
    if (takes) takers.push(target)
    if (contiguity === 'any' || target === end || (contiguity === 'relaxed' && !takes)) left.push(edge)
  }
  return { takers, left }
}

/** A match with one record more. */
function grow(
  automaton: Automaton,
  before: readonly Taken[],
  target: number,
  count: number,
  { id }: PatternRecord,
  outcome: Outcome,
): void {
  const taken: readonly Taken[] = [...before, [target, ...id]]
  const edges = automaton.edges(target, count)
  const isMatch = edges.some((edge) => edge.target === automaton.end && isSettled(edge, edges, true))
  if (isMatch) outcome.matches.push(taken)
  const open = edges.map((edge) => edge.target).filter((each) => !isMatch || each !== automaton.end)
  if (open.length > 0) outcome.runs.push({ taken, count, open, fresh: true })
}

/** Whether nothing that may still come can keep the end away. */
function isSettled({ refusesNext, refusesAll, overtakes }: Edge, open: readonly Edge[], fresh: boolean): boolean {
  if (refusesAll.length > 0 || (fresh && refusesNext.length > 0)) return false
  return !open.some(({ target }) => overtakes.includes(target))
}
