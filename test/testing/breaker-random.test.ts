/**
 * A neighbour that comes and goes, by seed: nothing is lost, doubled or given up, each key keeps its order, and nobody is
 * asked again what was answered.
 */
import { expect, test } from 'vitest'
import { breaker, deadLetter, from, retry, text, topic, topology } from '../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../src/random.ts'
import { drive, type Flow } from '../../src/testing/drive.ts'

const timeout = 120_000
const input = topic('in', { key: text, value: text })
const copies = topic('copies', { key: text, value: text })
const output = topic('out', { key: text, value: text })
const keys = ['a', 'b', 'c']

/** Down for whole stretches of rounds, and now and then for a single call. */
class Flapping {
  isUp = true
  readonly answered = new Set<string>()
  /** What was answered already. */
  readonly askedAgain: string[] = []
  private readonly random: Random
  /** Also single calls fail. */
  readonly mayFail: boolean

  constructor(random: Random, mayFail: boolean) {
    this.random = random
    this.mayFail = mayFail
  }

  readonly ask = async (value: string): Promise<string> => {
    if (this.answered.has(value)) this.askedAgain.push(value)
    await Promise.resolve()
    if (!this.isUp || (this.mayFail && randomInteger(this.random, 0, 20) === 0)) throw new Error('down')
    this.answered.add(value)
    return value.toUpperCase()
  }
}

function driven(random: Random, neighbour: Flapping): Flow {
  const onFailure = [
    retry({ times: randomInteger(random, 1, 4), backoff: [{ milliseconds: 10 }, { milliseconds: 200 }] }),
    breaker('api', {
      opensAfter: randomInteger(random, 1, 5),
      coolsFor: { milliseconds: randomInteger(random, 1, 3_000) },
      closesAfter: randomInteger(random, 1, 3),
    }),
    deadLetter('lost'),
  ]
  const source = from(input, { idle: 'off' })
  const answers = source
    .flatMap((value) => (value.endsWith('3') ? [value, `${value}x`] : [value]))
    .mapAsync('ask', neighbour.ask, { concurrency: randomInteger(random, 1, 6), onFailure })
  // Its copy goes out before the call: a record that fails has it taken back.
  return drive(topology('app', source.to(copies), answers.to(output)), { now: 0 })
}

async function settled(flow: Flow, milliseconds: number): Promise<void> {
  await flow.settle()
  flow.advance({ milliseconds })
  await flow.settle()
}

test.each([...Array(40).keys(), 143, 181])('seed %i', { timeout }, async (seed) => {
  const random = seededRandom(seed)
  const neighbour = new Flapping(seededRandom(seed + 1_000), seed % 2 === 1)
  const flow = driven(random, neighbour)
  const expected = new Map<string, string[]>(keys.map((key) => [key, []]))
  for (let round = 0; round < 40; round++) {
    if (randomInteger(random, 0, 5) === 0) neighbour.isUp = !neighbour.isUp
    for (let count = randomInteger(random, 0, 6); count > 0; count--) {
      const key = keys[randomInteger(random, 0, keys.length - 1)]!
      const value = `${key}${round}-${count}`
      expected.get(key)!.push(...(value.endsWith('3') ? [value, `${value}x`] : [value]))
      flow.put(input, value, { key, time: round })
    }
    await settled(flow, randomInteger(random, 0, 2_000))
  }
  neighbour.isUp = true
  for (let round = 0; round < 60; round++) await settled(flow, 3_000)
  const taken = flow.take(output)
  const copied = flow.take(copies)
  const lost = flow.deadLetters('lost').map(({ value }) => value!.toString())
  expect(neighbour.askedAgain).toEqual([])
  // A record that failed too often while its neighbour was well is to blame itself.
  if (seed % 2 === 0) expect(lost).toEqual([])
  for (const [key, values] of expected) {
    const got = taken.filter((each) => each.key === key).map(({ value }) => value)
    const kept = values.filter((value) => !lost.includes(value.replace('x', '')))
    expect([key, got]).toEqual([key, kept.map((value) => value.toUpperCase())])
    const before = copied.filter((each) => each.key === key).map(({ value }) => value)
    expect([key, before]).toEqual([key, kept.filter((value) => !value.endsWith('x'))])
  }
})
