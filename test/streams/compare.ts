/** Two answers to one case: the first place where they differ. */
import type { OutputRow } from './case.ts'
import type { Comparison, Expectation } from './family.ts'

export interface Difference {
  /** -1 where the rows of the whole run are compared. */
  readonly step: number
  readonly expected: readonly OutputRow[]
  readonly got: readonly OutputRow[]
}

export function differenceOf(
  comparison: Comparison,
  expectation: Pick<Expectation, 'steps' | 'until'>,
  got: readonly (readonly OutputRow[])[],
): Difference | null {
  const wanted = expectation.steps.slice(0, expectation.until)
  const given = got.slice(0, expectation.until)
  if (comparison === 'run') return differenceAt(-1, inAnyOrder(wanted.flat()), inAnyOrder(given.flat()))
  const arranged = arrangements[comparison]
  for (let step = 0; step < wanted.length; step++) {
    const difference = differenceAt(step, arranged(wanted[step]!), arranged(given[step] ?? []))
    if (difference !== null) return difference
  }
  return null
}

const arrangements = { list: byTopic, bag: inAnyOrder, set: eachOnce } as const

function differenceAt(step: number, expected: readonly OutputRow[], got: readonly OutputRow[]): Difference | null {
  return JSON.stringify(expected) === JSON.stringify(got) ? null : { step, expected, got }
}

function inAnyOrder(rows: readonly OutputRow[]): OutputRow[] {
  return [...rows].sort((one, other) => compareText(JSON.stringify(one), JSON.stringify(other)))
}

function eachOnce(rows: readonly OutputRow[]): OutputRow[] {
  return inAnyOrder(rows).filter((row, index, sorted) => JSON.stringify(row) !== JSON.stringify(sorted[index - 1]))
}

/** Order counts within a topic only. */
function byTopic(rows: readonly OutputRow[]): OutputRow[] {
  return [...rows].sort(([one], [other]) => compareText(one, other))
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
