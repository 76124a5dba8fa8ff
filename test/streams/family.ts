/** What is compared under one name of the summary: how its cases are drawn, and what Kafka Streams' answer must become. */
import type { Answer, Case, OutputRow, Put } from './case.ts'
import type { Draw } from './draw.ts'

/**
 * How outputs are compared: `list` in their order per step; `bag` per step in any order (behind a repartition topic time
 * moves at the commit); `set` likewise and each row once (of sliding windows Kafka Streams emits a window twice where two
 * of its rules make the same one); `run` the rows of all steps in any order.
 */
export type Comparison = 'list' | 'bag' | 'set' | 'run'

export interface Expectation {
  readonly steps: readonly (readonly OutputRow[])[]
  /** Compare the first so many steps only; behind them the two differ for a documented reason. */
  readonly until: number
  /** True where the expectation is not Kafka Streams' answer itself, but what `semantics.md` 9 makes of it. */
  readonly documented: boolean
  /** What stores hold at the end; null where the two differ before. */
  readonly stores?: Answer['stores'] | null
}

export type Held = (about: Pick<Case, 'operators'>) => (put: Put) => boolean
export type Lateness = (about: Pick<Case, 'operators'>) => number | null

export interface Family {
  readonly name: string
  readonly comparison: Comparison
  readonly draw: (draw: Draw) => Omit<Case, 'operator'>
  /**
   * Records that a step skips or drops: in Millrace they move time (`semantics.md` 3.11, 12), in Kafka Streams they don't,
   * so they are never the newest.
   */
  readonly isHeld?: Held
  /** How far a record may lie behind the newest where the two rule differently on later ones; null: any. */
  readonly lateness?: Lateness
  /** What Kafka Streams is asked where it can't be asked the same. */
  readonly peerCase?: (about: Case) => Case
  /** Kafka Streams is also asked the case itself: its own rows must be among those expected, or the oracle is wrong. */
  readonly ownRowsAreAmong?: true
  /** What Millrace must give, out of Kafka Streams' answer; without it the answer itself. */
  readonly expect?: (about: Case, peer: Answer) => Expectation
}

export function asAnswered(_about: Case, peer: Answer): Expectation {
  return { steps: peer.steps, until: peer.steps.length, documented: false }
}

/** What Kafka Streams' answer demands of a family's case, its stores too where they can be compared. */
export function expectationFrom(family: Family, about: Case, peer: Answer): Expectation {
  const expectation = (family.expect ?? asAnswered)(about, peer)
  return { ...expectation, stores: expectation.until === about.steps.length ? peer.stores : null }
}
