/** What a match does to the others. */
import type { AfterMatch } from '../../topology/nodes/pattern.ts'
import { compareIds, lastOf, type Match, type Progress, startOf } from './run.ts'

const rules: Readonly<Record<AfterMatch, (progress: Progress) => Progress>> = {
  none: (progress) => progress,
  'past-last': pastLast,
}

/**
 * Takes out what the matches found leave no room for.
 * @example afterMatch('past-last', step(automaton, runs, record, valueOf))
 */
export function afterMatch(rule: AfterMatch, progress: Progress): Progress {
  return progress.matches.length === 0 ? progress : rules[rule](progress)
}

/** The first match wins: whatever else began up to its last record goes. */
function pastLast({ runs, matches }: Progress): Progress {
  const kept: Match[] = []
  const isFree = (taken: Match): boolean => kept.every((match) => compareIds(startOf(taken), lastOf(match)) > 0)
  for (const match of matches) if (isFree(match)) kept.push(match)
  return { runs: runs.filter(({ taken }) => isFree(taken)), matches: kept }
}
