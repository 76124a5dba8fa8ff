/** What a run of the bench leaves behind, and what the page takes from several of them. */
import type { Row } from '../row.ts'

/** Where it was measured. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly system: string
  readonly node: string
  /** Null where there is none. */
  readonly java: string | null
}

/** Who took part, and how it was set up. */
export interface Participant {
  readonly name: string
  readonly version: string
  readonly settings: string
}

/** Least and most of a contestant's rounds, records a second. */
export interface Spread {
  readonly work: string
  readonly system: string
  readonly variant: string
  readonly threads: number
  readonly least: number
  readonly most: number
}

/** A number that no row has a place for. */
export interface Figure {
  readonly work: string
  readonly what: string
  readonly value: number
  readonly unit: string
}

/** A file in `bench/results`. */
export interface Results {
  /** ISO 8601. */
  readonly date: string
  readonly machine: Machine
  readonly broker: string
  readonly rounds: number
  readonly participants: readonly Participant[]
  readonly rows: readonly Row[]
  readonly spreads: readonly Spread[]
  readonly figures: readonly Figure[]
  /** Who failed, a sentence each: there are no rows of it. */
  readonly failures: readonly string[]
}

/** A work as the newest run that has it measured it. */
export interface Section {
  readonly work: string
  readonly run: Results
  readonly rows: readonly Row[]
}

/**
 * Each work from the newest run in which it has rows, in the given order.
 * @example sectionsOf([yesterday, today], ['map', 'q0'])
 */
export function sectionsOf(runs: readonly Results[], works: readonly string[]): Section[] {
  const newestFirst = [...runs].sort((one, other) => other.date.localeCompare(one.date))
  return works.flatMap((work) => {
    const run = newestFirst.find(({ rows }) => rows.some((row) => row.work === work))
    return run === undefined ? [] : [{ work, run, rows: run.rows.filter((row) => row.work === work) }]
  })
}
