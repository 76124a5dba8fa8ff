/** Keys that fail and are healed, redrives of any letters in any order, crashes: each key's results come in the order of its source. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { from, number, park, retry, text, topic, topology, valueState } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { lmdb } from '../../../src/state/lmdb/index.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'
import type { Topology } from '../../../src/topology/topology.ts'
import { type Letter, redrive } from './redriving.ts'

const input = topic('in', { key: text, value: text })
const other = topic('other', { key: text, value: text })
const output = topic('out', { key: text, value: text })
const seen = topic('seen', { key: text, value: text })

type Check = (value: string) => string
type Build = (check: Check) => Topology

const synchronous: Build = (check) =>
  topology(
    'app',
    from(input, { idle: 'off' })
      .map(check, { onFailure: [park('q')] })
      .to(output),
  )

/** What is before the step that waits leaves traces, which are taken back. */
const waiting: Build = (check) => {
  const counted = from(input, { idle: 'off' }).process('count', {
    state: { count: valueState(number) },
    *onRecord(value, { state }) {
      state.count.set((state.count.get() ?? 0) + 1)
      yield value
    },
  })
  const answered = counted.mapAsync('ask', async (value) => check(value), { onFailure: [park('q')] })
  return topology('app', answered.to(output), counted.to(seen))
}

const retried: Build = (check) =>
  topology(
    'app',
    from(input, { idle: 'off' })
      .mapAsync('ask', async (value) => check(value), {
        onFailure: [retry({ times: 1, backoff: [{ milliseconds: 2 }, { milliseconds: 5 }] }), park('q')],
      })
      .to(output),
  )

/** Records of one key come from two topics; each topic has an order of its own. */
const merged: Build = (check) =>
  topology(
    'app',
    from(input, { idle: 'off' })
      .merge(from(other, { idle: 'off' }))
      .map(check, { onFailure: [park('q')] })
      .to(output),
  )

const builds: readonly [name: string, build: Build, topics: readonly (typeof input)[]][] = [
  ['a step', synchronous, [input]],
  ['a step that waits', waiting, [input]],
  ['retries', retried, [input]],
  ['two sources', merged, [input, other]],
]
const runs = builds.flatMap(([name, build, topics]) =>
  Array.from({ length: 8 }, (_, seed) => [name, seed, build, topics] as const),
)

/** Some of them, in any order; the rest stays. */
function someOf(letters: Letter[], random: Random): Letter[] {
  const taken: Letter[] = []
  for (let count = randomInteger(random, 0, letters.length); count > 0; count--)
    taken.push(...letters.splice(randomInteger(random, 0, letters.length - 1), 1))
  return taken
}

/** Rows outlive a crash there. */
function directoryOf(): string {
  const directory = mkdtempSync(join(tmpdir(), 'parking-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

interface Play {
  readonly flow: Flow
  readonly random: Random
  readonly bad: Set<string>
  /** Not redriven yet. */
  readonly letters: Letter[]
  redriven: number
}

async function settle({ flow, letters }: Play): Promise<void> {
  flow.advance({ milliseconds: 20 })
  await flow.settle()
  letters.push(...flow.deadLetters('q'))
}

function bringBack(play: Play, letters: readonly Letter[]): void {
  redrive(play.flow, 'app', letters)
  play.redriven += letters.length
}

async function disturb(play: Play): Promise<void> {
  const { flow, random, bad, letters } = play
  const chance = random.next()
  if (chance < 0.1) bad.clear()
  else if (chance < 0.2) flow.crash()
  else if (chance < 0.25) flow.restart()
  else if (chance < 0.5) bringBack(play, someOf(letters, random))
  if (random.next() < 0.6) await settle(play)
}

async function healAll(play: Play): Promise<void> {
  play.bad.clear()
  await settle(play)
  for (let rounds = 0; play.letters.length > 0; rounds++) {
    expect(rounds).toBeLessThan(100)
    bringBack(play, play.letters.splice(0))
    await settle(play)
  }
}

test.each(runs)('%s, seed %i', { timeout: 60_000 }, async (_name, seed, build, topics) => {
  const random = seededRandom(seed)
  const bad = new Set<string>()
  const check: Check = (value) => {
    if (bad.has(value)) throw new Error(`${value} is bad`)
    return value
  }
  const flow = drive(build(check), {
    partitions: 2,
    crashAt: () => random.next() < 0.03,
    ...(seed % 4 === 3 && { state: lmdb(directoryOf()) }),
  })
  const play: Play = { flow, random, bad, letters: [], redriven: 0 }
  const expected: Record<string, string[]> = {}
  for (let at = 0; at < 80; at++) {
    const key = 'abcde'.charAt(randomInteger(random, 0, 4))
    const from = topics[randomInteger(random, 0, topics.length - 1)]!
    const value = `${from.name} ${key}${at}`
    if (random.next() < 0.12) bad.add(value)
    const own = `${from.name} ${key}`
    expected[own] = [...(expected[own] ?? []), value]
    flow.put(from, value, { key, time: 1_000 + at })
    await disturb(play)
  }
  await healAll(play)
  expect(play.redriven).toBeGreaterThan(0)
  flow.end()
  await settle(play)
  const found = Object.groupBy(
    flow.take(output).map(({ value }) => value),
    (value) => value.replace(/\d+$/, ''),
  )
  expect(found).toEqual(expected)
  expect(flow.store('parked-in').rows()).toEqual([])
  flow.close()
})
