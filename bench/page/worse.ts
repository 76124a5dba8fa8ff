/** Every number in which a peer is ahead of ours: the page hides none. */
import type { Row } from '../row.ts'

/** How we stand beside a peer in one figure; above 1 the peer is ahead. */
export interface Worse {
  readonly work: string
  readonly variant: string
  readonly peer: string
  readonly figure: 'records a second' | 'CPU time' | 'memory' | 'p50' | 'p99'
  /** How many times worse ours is. */
  readonly times: number
}

/** @example worseNumbers(rows).map(({ work, figure, peer }) => `${work}: ${figure} of ${peer}`) */
export function worseNumbers(rows: readonly Row[]): Worse[] {
  return rows
    .filter((row) => row.peer !== null)
    .flatMap((row) => [...ratiosOf(row), ...latenciesOf(row, rows)])
    .filter(({ times }) => times > 1)
}

function ratiosOf(row: Row): Worse[] {
  const { work, variant } = row
  const of = { work, variant, peer: row.peer! }
  // Where latency is the work, its ratio is that of the p99.
  const speed: Worse[] = row.p99Ms !== null ? [] : [{ ...of, figure: 'records a second', times: inverse(row.ratio) }]
  return [
    ...speed,
    { ...of, figure: 'CPU time', times: row.cpuRatio ?? 0 },
    { ...of, figure: 'memory', times: row.rssRatio ?? 0 },
  ]
}

function latenciesOf(row: Row, rows: readonly Row[]): Worse[] {
  const { work, variant } = row
  const theirs = rows.find((other) => other.work === work && other.system === row.peer && other.peer === null)
  if (theirs === undefined) return []
  const of = { work, variant, peer: theirs.system }
  return [
    { ...of, figure: 'p50', times: quotient(row.p50Ms, theirs.p50Ms) },
    { ...of, figure: 'p99', times: quotient(row.p99Ms, theirs.p99Ms) },
  ]
}

/** 0, which is not worse, where there is nothing to compare. */
function quotient(own: number | null, theirs: number | null): number {
  return own === null || theirs === null || theirs === 0 ? 0 : own / theirs
}

function inverse(ratio: number | null): number {
  if (ratio === null) return 0
  return ratio === 0 ? Number.POSITIVE_INFINITY : 1 / ratio
}
