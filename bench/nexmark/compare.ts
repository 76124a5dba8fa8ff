/** Whether two results are the same, as the specification of the work means it. Millions of rows are compared by digest. */
import type { Kafka } from '../../scripts/tools/client.ts'
import { committedRecords } from '../../scripts/tools/committed.ts'
import type { ResultRow } from './expected/rows.ts'
import { type OutputRecord, type Result, ResultReader } from './result.ts'
import type { Specification } from './specification.ts'

/** A result that can be read again, when it is to be said what is different. */
export type ResultSource = (reader: ResultReader) => Promise<void> | void

/** Rows that one result has and the other hasn't. */
export interface Difference {
  readonly missing: number
  readonly surplus: number
  /** The first of them, in words. */
  readonly told: readonly string[]
}

/** How many records the two results were, and how they differ. */
export interface Comparison {
  readonly expectedRecords: number
  readonly foundRecords: number
  /** Null where both are the same. */
  readonly difference: Difference | null
}

const rowsTold = 5

/** The committed records of a topic. */
export function topicResult(kafka: Kafka, topic: string): ResultSource {
  return async (reader) => {
    for await (const record of committedRecords(kafka, topic)) reader.take(record)
  }
}

/** Records in hand. */
export function recordsResult(records: Iterable<OutputRecord>): ResultSource {
  return (reader) => {
    for (const record of records) reader.take(record)
  }
}

/** Rows that were computed. */
export function rowsResult(rows: Iterable<ResultRow>): ResultSource {
  return (reader) => {
    for (const row of rows) reader.add(row)
  }
}

/**
 * Reads two results and compares them.
 * @param before rows of windows that end later don't count: for engines that can't close the last windows
 * @example await compareResults(topicResult(kafka, 'out.flink.q5'), topicResult(kafka, 'out.millrace.q5'), specifications.q5)
 * @throws Error for a record that is no row of the work
 */
export async function compareResults(
  expected: ResultSource,
  found: ResultSource,
  specification: Specification,
  before: number = Number.POSITIVE_INFINITY,
): Promise<Comparison> {
  const read = async (source: ResultSource, wanted?: ReadonlySet<string>): Promise<Result> => {
    const reader = new ResultReader(specification, before, wanted)
    await source(reader)
    return reader.result()
  }
  const [theirs, ours] = [await read(expected), await read(found)]
  const records = { expectedRecords: theirs.records, foundRecords: ours.records }
  const [missing, surplus] = [beyond(theirs, ours), beyond(ours, theirs)]
  if (missing.count + surplus.count === 0) return { ...records, difference: null }
  const told = [
    ...tell('missing', await read(expected, new Set(missing.first))),
    ...tell('surplus', await read(found, new Set(surplus.first))),
  ]
  return { ...records, difference: { missing: missing.count, surplus: surplus.count, told } }
}

interface Beyond {
  readonly count: number
  readonly first: readonly string[]
}

/** What one result has more than the other. */
function beyond(one: Result, other: Result): Beyond {
  const first: string[] = []
  let count = 0
  for (const [digest, times] of one.rows) {
    const more = times - (other.rows.get(digest) ?? 0)
    if (more <= 0) continue
    count += more
    if (first.length < rowsTold) first.push(digest)
  }
  return { count, first }
}

function tell(what: string, { texts }: Result): string[] {
  return [...texts].map(([, text]) => `${what}: ${text}`)
}
