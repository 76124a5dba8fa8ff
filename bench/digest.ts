/** A result boiled down to a few numbers, which are kept while others are compared with them: the rows are not. */
import type { ResultSource } from './nexmark/compare.ts'
import { ResultReader } from './nexmark/result.ts'
import type { Specification } from './nexmark/specification.ts'

/** The same rows, in any order, have the same sum of hashes. */
export interface Sum {
  readonly rows: number
  readonly hashes: number
}

export interface Digest {
  /** Records that were read; of an upsert more than rows. */
  readonly records: number
  readonly all: Sum
  /** Of windows that end early enough for engines that don't close the last ones. */
  readonly closed: Sum
}

const hashBytes = 6
const modulus = 2 ** (8 * hashBytes)

/**
 * Reads a result.
 * @param before rows of windows that end later are not among the closed ones
 * @example await digestOf(topicResult(kafka, 'out.flink.q5'), specifications.q5, lastTime - 10_000)
 */
export async function digestOf(source: ResultSource, specification: Specification, before: number): Promise<Digest> {
  const whole = await sumOf(source, new ResultReader(specification))
  if (specification.window === null) return { ...whole, closed: whole.all }
  const { all: closed } = await sumOf(source, new ResultReader(specification, before))
  return { ...whole, closed }
}

async function sumOf(source: ResultSource, reader: ResultReader): Promise<{ records: number; all: Sum }> {
  await source(reader)
  const result = reader.result()
  let rows = 0
  let hashes = 0
  for (const [digest, times] of result.rows) {
    const number = Buffer.from(digest, 'base64url').readUIntBE(0, hashBytes)
    rows += times
    // Added one by one: a product could leave the whole numbers that are exact.
    for (let time = 0; time < times; time++) hashes = (hashes + number) % modulus
  }
  return { records: result.records, all: { rows, hashes } }
}

/**
 * What tells two results apart, in words; null when they are the same. Those of engines that leave windows open are
 * compared in the windows that all have closed.
 */
export function differenceOf(expected: Digest, found: Digest, closesAll: boolean): string | null {
  const [theirs, ours] = closesAll ? [expected.all, found.all] : [expected.closed, found.closed]
  if (theirs.rows !== ours.rows) return `${ours.rows} rows instead of ${theirs.rows}`
  return theirs.hashes === ours.hashes ? null : `${ours.rows} rows, but not the same ones`
}
