/** Neighbours and steps that fail at random moments: in the end the results are those of a run in which nothing failed. */
import { describe, expect, test } from 'vitest'
import {
  breaker,
  from,
  json,
  number,
  retry,
  retryLater,
  text,
  topic,
  topology,
  tumbling,
  valueState,
} from '../../../src/index.ts'
import type { AsyncPolicy, Policy } from '../../../src/policies/policy.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'

const input = topic('in', { key: text, value: text })
const copies = topic('copies', { key: text, value: text })
const answers = topic('answers', { key: text, value: text })
const tens = topic('tens', { key: text, value: number })
const late = topic('late', { key: text, value: json<unknown>() })
const ms = (milliseconds: number) => ({ milliseconds })

interface Failing {
  readonly step: (value: string) => string
  readonly ask: (value: string) => Promise<string>
  readonly policies: readonly Policy[]
  readonly asyncPolicies: readonly AsyncPolicy[]
}

/** State before and behind steps that fail, copies that leave traces, windows that close by the records' times. */
function built({ step, ask, policies, asyncPolicies }: Failing) {
  const source = from(input, { idle: 'off', outOfOrderness: ms(5) })
  const counted = source
    .process('count', {
      state: { count: valueState(number) },
      *onRecord(value, { state }) {
        const count = (state.count.get() ?? 0) + 1
        state.count.set(count)
        yield `${value}/${count}`
      },
    })
    .map(step, { onFailure: policies })
  const answered = counted.mapAsync('ask', ask, { onFailure: asyncPolicies, concurrency: 4 })
  const windows = answered.window(tumbling(ms(10))).count('tens')
  return topology('app', counted.to(copies), answered.to(answers), windows.to(tens), windows.late.to(late))
}

interface Told {
  readonly copies: readonly string[]
  readonly answers: readonly string[]
  readonly tens: readonly string[]
  readonly late: number
  readonly deadLetters: number
}

function take(flow: Flow): Told {
  const shown = (name: typeof answers | typeof tens) =>
    flow.take(name as typeof answers).map(({ key, value, time }) => `${key}=${value}@${time}`)
  const byKey = shown(answers).toSorted((one, other) => (one[0]! < other[0]! ? -1 : one[0]! > other[0]! ? 1 : 0))
  return {
    copies: flow.take(copies).map(({ value }) => value),
    // In order, key by key.
    answers: byKey,
    tens: shown(tens).toSorted(),
    late: flow.take(late).length,
    deadLetters: flow.counters.deadLetters,
  }
}

interface Event {
  readonly key: string
  readonly value: string
  readonly time: number
}

function events(random: Random): Event[] {
  return Array.from({ length: 60 }, (_, at) => {
    const time = Math.max(0, at * 4 - randomInteger(random, 0, 4))
    return { key: 'abc'.charAt(randomInteger(random, 0, 2)), value: `v${at}`, time }
  })
}

function calm(all: readonly Event[]): Promise<Told> {
  const flow = drive(built({ step: (value) => value, ask: async (value) => value, policies: [], asyncPolicies: [] }))
  return finish(
    flow,
    all,
    async () => undefined,
    () => undefined,
  )
}

async function finish(
  flow: Flow,
  all: readonly Event[],
  between: () => Promise<void>,
  heal: () => void,
): Promise<Told> {
  for (const { key, value, time } of all) {
    flow.put(input, value, { key, time })
    await between()
  }
  heal()
  for (let rounds = 0; rounds < 10; rounds++) {
    await flow.settle()
    flow.advance({ seconds: 2 })
  }
  await flow.settle()
  flow.end()
  await flow.settle()
  expect(flow.held()).toEqual([])
  return take(flow)
}

/** Unknown errors, some that say when, and times when all fail. */
function faulty(random: Random) {
  let isDown = false
  let isHealed = false
  const mayFail = (value: string): string => {
    if (isDown || (!isHealed && random.next() < 0.15)) {
      const after = random.next() < 0.5 ? ms(randomInteger(random, 0, 400)) : { seconds: randomInteger(random, 1, 3) }
      throw random.next() < 0.5 ? retryLater(value, { after }) : new Error(value)
    }
    return value
  }
  return {
    step: (value: string): string => {
      if (isDown && random.next() < 0.3) throw retryLater(value)
      return value
    },
    ask: async (value: string): Promise<string> => {
      for (let turns = randomInteger(random, 0, 3); turns > 0; turns--) await null
      return mayFail(value)
    },
    turn: (): void => {
      isDown = random.next() < 0.1
    },
    heal: (): void => {
      isDown = false
      isHealed = true
    },
    isHealed: (): boolean => isHealed,
  }
}

const patient = retry({ times: 1_000, backoff: [ms(50), { seconds: 2 }], budget: { days: 1 } })
const guarded = [
  retry({ times: 1 }),
  breaker('api', { opensAfter: 3, coolsFor: { seconds: 1 }, closesAfter: 1 }),
  patient,
]
const lists: readonly [name: string, list: readonly AsyncPolicy[]][] = [
  ['retries', [patient]],
  ['a breaker', guarded],
]
const runs = lists.flatMap(([name, list]) => [1, 2, 3, 4, 5, 6].map((seed) => [name, seed, list] as const))

describe.each(runs)('%s, random failures (seed %i)', (_name, seed, asyncPolicies) => {
  const all = events(seededRandom(seed))

  test.each([
    ['while it runs', 0, false],
    ['with restarts', 0.05, false],
    ['with crashes in records', 0, true],
  ])(
    '%s lose and double nothing, and overtake nothing of their key',
    { timeout: 30_000 },
    async (_when, restarts, crashes) => {
      const random = seededRandom(seed * 31)
      const { turn, heal, isHealed, ...steps } = faulty(random)
      const flow = drive(built({ ...steps, policies: [patient], asyncPolicies }), {
        crashAt: () => crashes && !isHealed() && random.next() < 0.03,
      })
      const between = async (): Promise<void> => {
        turn()
        if (random.next() < 0.5) await flow.settle()
        flow.advance(ms(randomInteger(random, 0, 300)))
        if (random.next() < restarts) flow.restart()
      }
      expect(await finish(flow, all, between, heal)).toEqual(await calm(all))
    },
  )
})
