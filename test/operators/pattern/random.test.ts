/** Random patterns over short random inputs, against the definition (`pattern-oracle.ts`). */
import { expect, test } from 'vitest'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import type { Contiguity, PatternStep } from '../../../src/topology/nodes/pattern.ts'
import { Oracle, withoutOverlaps } from './oracle.ts'
import { letters, matchesOf, type TimedWord } from './runs.ts'

const contiguities: readonly Contiguity[] = ['strict', 'relaxed', 'any']
const casesPerTest = 100

interface Plan {
  readonly steps: readonly PatternStep[]
  readonly words: readonly TimedWord[]
  readonly within: number
}

function chance(random: Random, oneIn: number): boolean {
  return randomInteger(random, 1, oneIn) === 1
}

function randomLetters(random: Random): ReturnType<typeof letters> {
  const chosen = ['a', 'b', 'c'].filter(() => chance(random, 2))
  return letters(...(chosen.length > 0 ? chosen : ['a']))
}

function takeStep(random: Random, name: string): PatternStep {
  const [from, spread] = [randomInteger(random, 1, 2), randomInteger(random, 0, 2)]
  const repeats = chance(random, 2)
  return {
    kind: 'take',
    name,
    predicate: randomLetters(random),
    contiguity: contiguities[randomInteger(random, 0, 2)]!,
    inner: contiguities[randomInteger(random, 0, 2)]!,
    from: repeats ? from : 1,
    to: repeats ? (spread === 2 ? null : from + spread) : 1,
    optional: chance(random, 4),
    greedy: chance(random, 3),
  }
}

function refuseStep(random: Random, name: string): PatternStep {
  const reach = chance(random, 2) ? 'next' : 'until-next-step'
  return { kind: 'refuse', name, predicate: randomLetters(random), reach }
}

function plan(random: Random): Plan {
  const steps: PatternStep[] = [takeStep(random, '0')]
  const length = randomInteger(random, 1, 4)
  while (steps.length < length) {
    steps.push((chance(random, 4) ? refuseStep : takeStep)(random, String(steps.length)))
  }
  let time = 0
  const words = Array.from({ length: randomInteger(random, 2, 8) }, (_, index) => {
    time += randomInteger(random, 0, 3)
    return { word: `${'abcd'.charAt(randomInteger(random, 0, 3))}${index}`, time }
  })
  return { steps, words, within: chance(random, 2) ? 1000 : randomInteger(random, 1, 10) }
}

test.each(Array.from({ length: 20 }, (_, index) => index * casesPerTest))('seeds from %i', (first) => {
  let found = 0
  for (let seed = first; seed < first + casesPerTest; seed++) {
    const { steps, words, within } = plan(seededRandom(seed))
    const told = matchesOf({ sequence: { steps }, within }, words)
    const expected = new Oracle(steps, words, within).matches()
    expect(told.toSorted(), `seed ${seed}`).toEqual(expected.toSorted())
    const alone = matchesOf({ sequence: { steps }, within, skip: 'past-last' }, words)
    expect(alone, `seed ${seed}, past-last`).toEqual(withoutOverlaps(told))
    found += told.length
  }
  expect(found).toBeGreaterThan(casesPerTest / 2)
})
