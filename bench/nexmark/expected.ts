/** What each query must come to, by plain loops over all events: slow, and independent of how it is asked. */
import { folds } from './expected/folds.ts'
import { joins } from './expected/joins.ts'
import { plain } from './expected/plain.ts'
import type { Expectation, House, ResultRow } from './expected/rows.ts'
import { windows } from './expected/windows.ts'
import type { QueryName } from './specification.ts'

export { type House, houseOf, type ResultRow } from './expected/rows.ts'

type Compared = Exclude<QueryName, 'q12'>

const expectations: Readonly<Record<Compared, Expectation>> = { ...plain, ...windows, ...folds, ...joins }

/** Works whose result can be foretold: all but those of processing time. */
export const foretold: readonly Compared[] = Object.keys(expectations) as Compared[]

/**
 * The rows of a work's result: all of them, or of an upsert the last of each key.
 * @example expectedRows('q2', houseOf(generateEvents(20_000), sideRows()))
 */
export function expectedRows(work: Compared, house: House): readonly ResultRow[] {
  return expectations[work](house)
}
