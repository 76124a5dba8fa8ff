/** Many seeds of one family put to both sides. */
import type { KafkaStreams } from '../peers/streams-driver/driver.ts'
import type { Case } from './case.ts'
import { caseOf, fitted } from './draw-case.ts'
import type { Family } from './family.ts'
import { expectationOf, judge, type Verdict } from './judge.ts'
import { shrink } from './shrink.ts'

export interface Tally {
  readonly operator: string
  readonly seeds: number
  readonly equal: number
  readonly documented: number
  readonly different: number
}

export interface FamilyResult {
  readonly tally: Tally
  /** The first seed that differs. */
  readonly worst: (Verdict & { readonly seed: number }) | null
}

/** Asked ahead, so that neither side waits for the other. */
const ahead = 50

export async function compareFamily(
  family: Family,
  peer: KafkaStreams,
  first: number,
  seeds: number,
): Promise<FamilyResult> {
  const counts = { equal: 0, documented: 0, different: 0 }
  let worst: FamilyResult['worst'] = null
  for (let from = first; from < first + seeds; from += ahead) {
    const count = Math.min(ahead, first + seeds - from)
    for (const [index, verdict] of (await compareSome(family, peer, from, count)).entries()) {
      counts[verdict.outcome]++
      if (verdict.outcome === 'different') worst ??= { ...verdict, seed: from + index }
    }
  }
  return { tally: { operator: family.name, seeds, ...counts }, worst }
}

async function compareSome(family: Family, peer: KafkaStreams, from: number, count: number): Promise<Verdict[]> {
  const cases = Array.from({ length: count }, (_, index) => caseOf(family, from + index))
  const expectations = await Promise.all(cases.map((about) => expectationOf(family, about, peer)))
  return cases.map((about, index) => judge(family, about, expectations[index]!))
}

/** The smallest case in which the two still differ, or in which Millrace still throws the same. */
export function shrinkFailure(family: Family, peer: KafkaStreams, { about, error }: Verdict): Promise<Case> {
  const fails = async (tried: Case): Promise<boolean> => {
    const expectation = await expectationOf(family, tried, peer).catch(() => null)
    if (expectation === null) return false
    const verdict = judge(family, tried, expectation)
    return verdict.outcome === 'different' && verdict.error?.message === error?.message
  }
  return shrink(about, (tried) => fitted(family, tried), fails)
}
