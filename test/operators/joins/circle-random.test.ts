/**
 * Foreign-key joins with windows behind them, whatever order their sides come in: nothing that is late nowhere else is late
 * behind them, every window closes once, and where the rows say it all, the windows are the same for every order.
 */
import { expect, test } from 'vitest'
import { from, json, type Table, text, topic, topology, tumbling } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive } from '../../../src/testing/drive.ts'
import type { Topology } from '../../../src/topology/topology.ts'

type Texts = Table<string, string, null>

const sides = { L: topic('left', { key: text, value: text }), R: topic('right', { key: text, value: text }) }
const results = topic('results', { key: text, value: json<string | null>() })
const windows = topic('windows', { key: text, value: json<(string | null)[]>() })
const size = 10

interface Step {
  readonly side: 'L' | 'R'
  readonly key: string
  readonly value: string
  readonly time: number
}

const foreignKey = (value: string): string => value.split('|')[1]!

/** The shapes of a circle: two tables, a table that follows itself, two joins in a row. */
const shapes: Readonly<Record<string, (left: Texts, right: Texts) => Texts>> = {
  'two tables': (left, right) => left.foreignKeyJoin('by-fk', right, foreignKey, (one, other) => `${one}+${other}`),
  'a left join': (left, right) =>
    left.leftForeignKeyJoin('by-fk', right, foreignKey, (one, other) => `${one}+${other ?? '-'}`),
  'a table that follows itself': (left) =>
    left.foreignKeyJoin('by-fk', left, foreignKey, (one, other) => `${one}+${other}`),
  'two joins': (left, right) =>
    left
      .foreignKeyJoin('by-fk', right, foreignKey, (one, other) => `${one}+${other}`)
      .foreignKeyJoin('again', right, foreignKey, (one, other) => `${one}+${other}`),
}

function topologyOf(shape: string, disorder: Readonly<Record<'L' | 'R', number>>): Topology {
  const rowsOf = (side: 'L' | 'R'): Texts =>
    from(sides[side], { outOfOrderness: { milliseconds: disorder[side] } }).toTable(`${side}-rows`, {
      order: 'arrival',
    })
  const [left, right] = [rowsOf('L'), rowsOf('R')]
  const joined = shapes[shape]!(left, right).toStream()
  const windowed = joined
    .window(tumbling({ milliseconds: size }))
    .aggregate('windows', { as: json<(string | null)[]>(), start: () => [], add: (all, value) => [...all, value] })
  return topology('app', joined.to(results), windowed.to(windows))
}

/** The steps of a side with times that lie no further apart than its disorder allows. */
function stepsOf(random: Random, side: 'L' | 'R', disorder: number, count: number): Step[] {
  const keys = side === 'L' ? 6 : 4
  let newest = 0
  return Array.from({ length: count }, (_, index) => {
    newest += randomInteger(random, 0, 9)
    const named = `r${randomInteger(random, 0, 3)}`
    // Left rows may be followed as well.
    const key =
      side === 'R' || index % 3 === 0 ? `r${randomInteger(random, 0, 3)}` : `l${randomInteger(random, 0, keys)}`
    return {
      side,
      key,
      value: `${side}${index}|${named}`,
      time: Math.max(0, newest - randomInteger(random, 0, disorder)),
    }
  })
}

/** Any order that keeps each side's own. */
function interleaved(random: Random, one: readonly Step[], other: readonly Step[]): Step[] {
  const waiting = [[...one], [...other]]
  const steps: Step[] = []
  while (waiting.some((steps) => steps.length > 0)) {
    const most = randomInteger(random, 1, 12)
    const from = waiting[randomInteger(random, 0, 1)]!
    steps.push(...from.splice(0, most))
  }
  return steps
}

interface Played {
  readonly results: string[]
  readonly windows: string[]
}

function play(built: Topology, steps: readonly Step[], random: Random, partitions: number): Played {
  const flow = drive(built, { now: 0, partitions })
  for (const { side, key, value, time } of steps) {
    flow.put(sides[side], value, { key, time })
    expect(flow.counters.late).toBe(0)
    if (randomInteger(random, 0, 5) === 0) flow.restart()
  }
  flow.end()
  expect(flow.counters.late).toBe(0)
  return {
    results: flow.take(results).map(({ key, value, time }) => `${key} ${Math.floor(time / size)} ${value}`),
    windows: flow.take(windows).flatMap(({ key, value, time }) => {
      return value.map((each) => `${key} ${Math.floor(time / size)} ${each}`)
    }),
  }
}

const cases = Object.keys(shapes).flatMap((shape) =>
  [1, 3].flatMap((partitions) => Array.from({ length: 6 }, (_, seed) => [shape, partitions, seed] as const)),
)

test.each(cases)('%s, %i partitions: windows hold each result, seed %i', (shape, partitions, seed) => {
  const random = seededRandom(seed)
  const disorder = { L: randomInteger(random, 0, 15), R: randomInteger(random, 0, 15) }
  const sidesOf = (side: 'L' | 'R'): Step[] => stepsOf(random, side, disorder[side], randomInteger(random, 5, 40))
  const rights = shape === 'a table that follows itself' ? [] : sidesOf('R')
  const steps = interleaved(random, sidesOf('L'), rights)
  const played = play(topologyOf(shape, disorder), steps, random, partitions)
  expect(played.windows.sort()).toEqual(played.results.sort())
})

/** Each row comes once, left ones before the right ones in event time: then a result has one time, whoever comes first. */
test.each(Array.from({ length: 10 }, (_, seed) => seed))('any order gives the same windows, seed %i', (seed) => {
  const random = seededRandom(seed)
  const earliest = { L: 0, R: 100 }
  const rows = (side: 'L' | 'R', count: number): Step[] =>
    Array.from({ length: count }, (_, index) => ({
      side,
      key: `${side.toLowerCase()}${index}`,
      value: `${side}${index}|r${randomInteger(random, 0, 5)}`,
      time: earliest[side] + randomInteger(random, 0, 99),
    }))
  const [left, right] = [rows('L', 20), rows('R', 6)]
  const built = topologyOf('two tables', { L: 99, R: 99 })
  const orders = Array.from({ length: 4 }, () => interleaved(random, left, right))
  const [first, ...others] = orders.map((steps) => play(built, steps, random, 3).windows.sort())
  for (const other of others) expect(other).toEqual(first)
})
