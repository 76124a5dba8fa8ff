/** Failures that heal, retries, redrives, crashes and restarts by seed: where order does not matter, nothing tells that they were. */
import { expect, test } from 'vitest'
import { json, text, topic } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'
import { putAgain } from './reentry-tools.ts'
import { retryingTopology } from './reentry-topology.ts'

const keys = ['a', 'b', 'c', 'd', 'e']
const partitions = 2

interface Item {
  readonly key: string
  readonly value: string
  readonly time: number
}

function topicsOf(app: string) {
  return {
    items: topic(`${app}.items`, { key: text, value: text }),
    copies: topic(`${app}.copies`, { key: text, value: text }),
    answers: topic(`${app}.answers`, { key: text, value: text }),
    counts: topic(`${app}.counts`, { key: text, value: json<number>() }),
  }
}

/** Down for a while: whatever is asked fails then. */
class Weather {
  isBad = false
  private readonly random: Random

  constructor(random: Random) {
    this.random = random
  }

  readonly fails = (): boolean => this.isBad && randomInteger(this.random, 0, 2) > 0
}

interface Result {
  readonly copies: readonly string[]
  readonly answers: readonly string[]
  readonly counts: ReadonlyMap<string, number>
}

function resultOf(flow: Flow): Result {
  const { copies, answers, counts } = topicsOf('app')
  const texts = (name: typeof copies): string[] =>
    flow
      .take(name)
      .map(({ key, value, time }) => `${key} ${value} ${time}`)
      .toSorted()
  const totals = new Map<string, number>()
  for (const { key, value } of flow.take(counts)) totals.set(key, Math.max(value, totals.get(key) ?? 0))
  return { copies: texts(copies), answers: texts(answers), counts: totals }
}

function itemsOf(random: Random): Item[] {
  return Array.from({ length: 40 }, (_, at) => {
    const key = keys[randomInteger(random, 0, keys.length - 1)]!
    return { key, value: `${key}${at}`, time: at * 10 }
  })
}

async function quiet(items: readonly Item[]): Promise<Result> {
  const flow = drive(retryingTopology('app', () => false).built, { partitions })
  for (const { key, value, time } of items) flow.put(topicsOf('app').items, value, { key, time })
  await flow.settle()
  return resultOf(flow)
}

/** What a redrive does: each letter once, as often as there are any. @returns how many */
function redrive(flow: Flow): number {
  const letters = ['unpriced', 'unanswered'].flatMap((name) => flow.deadLetters(name))
  for (const { key, value, headers } of letters) {
    const of = (name: string): string => headers[name]!
    const count = Number(of('__millrace.dlq.redrive.count'))
    putAgain(flow, 'app.redrive.app.items', {
      key: key!.toString(),
      value: value!.toString(),
      time: Number(of('__millrace.dlq.source.timestamp')),
      reentry: {
        topic: of('__streams.errors.topic'),
        partition: Number(of('__streams.errors.partition')),
        offset: Number(of('__streams.errors.offset')),
        attempts: Number(of('__millrace.dlq.attempts')),
        redriveCount: count + 1,
      },
    })
  }
  return letters.length
}

async function stormy(
  items: readonly Item[],
  random: Random,
): Promise<{ result: Result; retried: number; redriven: number }> {
  const weather = new Weather(random)
  const crashes = seededRandom(randomInteger(random, 0, 1_000_000))
  const flow = drive(retryingTopology('app', weather.fails).built, { partitions, crashAt: () => crashes.next() < 0.05 })
  let redriven = 0
  for (const { key, value, time } of items) {
    if (randomInteger(random, 0, 4) === 0) weather.isBad = !weather.isBad
    flow.put(topicsOf('app').items, value, { key, time })
    if (randomInteger(random, 0, 2) === 0) await flow.settle()
    if (randomInteger(random, 0, 9) === 0) flow.restart()
    if (randomInteger(random, 0, 9) === 0) flow.crash()
    await flow.settle()
    flow.advance({ milliseconds: randomInteger(random, 0, 200) })
    if (randomInteger(random, 0, 9) === 0) redriven += redrive(flow)
  }
  const { retried } = flow.counters
  weather.isBad = false
  for (let round = 0; round < 20; round++) {
    await flow.settle()
    flow.advance({ milliseconds: 200 })
    await flow.settle()
    redriven += redrive(flow)
  }
  await flow.settle()
  return { result: resultOf(flow), retried, redriven }
}

const seeds = Array.from({ length: 40 }, (_, seed) => seed)
const seen = { retried: 0, redriven: 0 }

test.each(seeds)('seed %i', { timeout: 60_000 }, async (seed) => {
  const random = seededRandom(seed)
  const items = itemsOf(random)
  const { result, retried, redriven } = await stormy(items, random)
  seen.retried += retried
  seen.redriven += redriven
  expect(result).toEqual(await quiet(items))
})

test('the seeds have retried and redriven', () => {
  expect(seen.retried).toBeGreaterThan(seeds.length)
  expect(seen.redriven).toBeGreaterThan(0)
})
