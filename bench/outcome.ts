/** What came of a work: from rounds to what is kept of them. */
import type { Figure, Spread } from './page/results.ts'
import type { Row } from './row.ts'
import { type Measured, rowsOf } from './rows.ts'
import type { Entry } from './turn.ts'

export interface Outcome {
  readonly rows: readonly Row[]
  readonly spreads: readonly Spread[]
  readonly figures: readonly Figure[]
  /** A sentence per contestant that failed. */
  readonly failures: readonly string[]
}

/** Rows and spreads of those whose turns were right; who failed is named with its work. */
export function outcomeOfRounds(
  measured: Measured,
  failures: readonly string[],
  figures: readonly Figure[] = [],
): Outcome {
  const { work, entries } = measured
  return {
    rows: rowsOf(measured),
    spreads: entries.map((entry) => spreadOf(work, entry)),
    figures,
    failures: failures.map((failure) => `${work}: ${failure}`),
  }
}

function spreadOf(work: string, { contestant, turns }: Entry): Spread {
  const { system, variant, threads } = contestant
  const rates = turns.map(({ records, seconds }) => Math.round(records / seconds))
  return { work, system, variant, threads, least: Math.min(...rates), most: Math.max(...rates) }
}
