/** Two sets of rows, compared one by one, in any order. */
import { isDeepStrictEqual } from 'node:util'

export interface Comparison<R> {
  /** Rows that are there once and are as expected. */
  readonly equal: number
  readonly missing: readonly R[]
  /** Rows that came again: each further copy is listed. */
  readonly doubled: readonly R[]
  readonly different: readonly { readonly expected: R; readonly actual: R }[]
  /** Rows that nobody expected. */
  readonly unexpected: readonly R[]
}

/** @param nameOf what tells one expected row from all others */
export function compareRows<R>(
  expected: readonly R[],
  actual: readonly R[],
  nameOf: (row: R) => string,
): Comparison<R> {
  const wanted = new Map(expected.map((row) => [nameOf(row), row]))
  if (wanted.size !== expected.length) throw new Error('Two of the expected rows have the same name')
  const seen = new Set<string>()
  const doubled: R[] = []
  const different: { expected: R; actual: R }[] = []
  const unexpected: R[] = []
  for (const row of actual) {
    const name = nameOf(row)
    const other = wanted.get(name)
    if (other === undefined) unexpected.push(row)
    else if (seen.has(name)) doubled.push(row)
    else if (!isDeepStrictEqual(other, row)) different.push({ expected: other, actual: row })
    seen.add(name)
  }
  const missing = expected.filter((row) => !seen.has(nameOf(row)))
  return { equal: expected.length - missing.length - different.length, missing, doubled, different, unexpected }
}

/** A sentence for each way in which the rows are not those that were expected; none when all are. */
export function complaintsAbout<R>(what: string, { equal, ...wrong }: Comparison<R>): string[] {
  const complaints = Object.entries(wrong).flatMap(([kind, rows]) =>
    rows.length === 0 ? [] : [`${rows.length} ${kind} ${what}, the first: ${JSON.stringify(rows[0])}`],
  )
  return equal + complaints.length === 0 ? [`no ${what} at all`] : complaints
}
