/** One case put to both sides. */
import type { KafkaStreams } from '../peers/streams-driver/driver.ts'
import type { Answer, Case, OutputRow } from './case.ts'
import { type Difference, differenceOf } from './compare.ts'
import { type StoreDifference, storeDifference } from './contents.ts'
import { type Expectation, expectationFrom, type Family } from './family.ts'
import { askMillrace } from './millrace/answer.ts'

export interface Verdict {
  readonly about: Case
  readonly outcome: 'equal' | 'documented' | 'different'
  /** Of `different`: where, or what Millrace threw. */
  readonly difference: Difference | StoreDifference | null
  readonly error: Error | null
}

/**
 * What Kafka Streams' answer demands.
 * @throws Error when its own rows are not among those expected: then the oracle is wrong
 */
export async function expectationOf(family: Family, about: Case, peer: KafkaStreams): Promise<Expectation> {
  const [answer, own] = await Promise.all([
    peer.ask(family.peerCase?.(about) ?? about),
    family.ownRowsAreAmong ? peer.ask(about) : null,
  ])
  const expectation = expectationFrom(family, about, answer)
  const foreign = own === null ? [] : rowsNotAmong(own, expectation)
  if (foreign.length > 0) throw new Error(`${JSON.stringify(foreign)} not expected in ${JSON.stringify(about)}`)
  return expectation
}

function rowsNotAmong({ steps }: Answer, expected: Expectation): OutputRow[] {
  const rows = new Set(expected.steps.flat().map((row) => JSON.stringify(row)))
  return steps.flat().filter((row) => !rows.has(JSON.stringify(row)))
}

/** Millrace's answer beside it. */
export function judge(family: Family, about: Case, expectation: Expectation): Verdict {
  const given = answerOrError(about)
  if (given instanceof Error) return { about, outcome: 'different', difference: null, error: given }
  const difference =
    differenceOf(family.comparison, expectation, given.steps) ??
    (expectation.stores ? storeDifference(about, expectation.stores, given.stores) : null)
  const agreed = expectation.documented ? 'documented' : 'equal'
  return { about, outcome: difference === null ? agreed : 'different', difference, error: null }
}

function answerOrError(about: Case): Answer | Error {
  try {
    return askMillrace(about)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
