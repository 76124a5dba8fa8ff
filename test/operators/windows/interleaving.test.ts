/** While disorder stays within grace, final rows are those of the definition, whatever the order of arrival. */
import { describe, expect, test } from 'vitest'
import { cumulate, from, hopping, json, session, sliding, topology, type WindowResults } from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { bench } from '../bench.ts'
import { input, type LastingWindows, ms, output } from './flows.ts'

interface Event {
  readonly key: string
  readonly time: number
}

/** Windows over the times of one key: start, end, and the times in it. */
type Definition = (times: readonly number[]) => (readonly [start: number, end: number, times: readonly number[]])[]

interface Kind {
  readonly windows: LastingWindows
  readonly definition: Definition
}

const between = (times: readonly number[], start: number, end: number): number[] =>
  times.filter((time) => time >= start && time < end)

function hoppings(random: Random, grace: number): Kind {
  const hop = randomInteger(random, 1, 6)
  const size = hop + randomInteger(random, 0, 12)
  const definition: Definition = (times) => {
    const starts = Array.from({ length: Math.ceil(200 / hop) }, (_, index) => index * hop)
    return starts.map((start) => [start, start + size, between(times, start, start + size)] as const)
  }
  return { windows: hopping(ms(size), { every: ms(hop), grace: ms(grace) }), definition }
}

function growing(random: Random, grace: number): Kind {
  const step = randomInteger(random, 1, 5)
  const steps = randomInteger(random, 1, 4)
  const size = step * steps
  const definition: Definition = (times) =>
    Array.from({ length: Math.ceil(200 / step) }, (_, index) => {
      const start = Math.floor(index / steps) * size
      const end = (index + 1) * step
      return [start, end, between(times, start, end)] as const
    })
  return { windows: cumulate(ms(size), { step: ms(step), grace: ms(grace) }), definition }
}

function slidings(random: Random, grace: number): Kind {
  const length = randomInteger(random, 1, 12)
  const definition: Definition = (times) => {
    const within = (start: number): number[] => between(times, start, start + length + 1)
    const lefts = times.map((time) => Math.max(0, time - length))
    const rights = times.map((time) => time + 1).filter((start) => within(start).length > 0)
    return [...new Set([...lefts, ...rights])].map((start) => [start, start + length, within(start)] as const)
  }
  return { windows: sliding(ms(length), { grace: ms(grace) }), definition }
}

function sessions(random: Random, grace: number): Kind {
  const gap = randomInteger(random, 1, 8)
  const definition: Definition = (times) => {
    const runs: number[][] = []
    for (const time of times.toSorted((one, other) => one - other)) {
      const last = runs.at(-1)
      if (last !== undefined && time - last.at(-1)! <= gap) last.push(time)
      else runs.push([time])
    }
    return runs.map((run) => [run[0]!, run.at(-1)!, run] as const)
  }
  return { windows: session(ms(gap), { grace: ms(grace) }), definition }
}

/** Each comes at most `grace` after a later one. */
function shuffled(random: Random, events: readonly Event[], grace: number): Event[] {
  const arrivals = events.map((event) => ({ event, at: event.time + randomInteger(random, 0, grace) }))
  return arrivals.sort((one, other) => one.at - other.at).map(({ event }) => event)
}

/** A sum that does not tell in which order it came about. */
const sorted = (times: readonly number[]): number[] => times.toSorted((one, other) => one - other)

function run(windows: LastingWindows, events: readonly Event[]): string[] {
  const windowed = from(input).window(windows as never) as { aggregate(name: string, fold: object): unknown }
  const results = windowed.aggregate('sums', {
    as: json<number[]>(),
    start: [],
    add: (sum: number[], value: number) => sorted([...sum, value]),
    merge: (one: number[], other: number[]) => sorted([...one, ...other]),
  }) as WindowResults<string, number[], unknown>
  const lines = results.map((sum, { window }) => [window.start.getTime(), window.end.getTime(), sum])
  const flow = bench(topology('app', lines.to(output)))
  let latest = -1
  for (const { key, time } of events) {
    latest = Math.max(latest, time)
    flow.put(key, time, time, latest)
  }
  flow.task.advance(Number.POSITIVE_INFINITY)
  expect(flow.counters.late).toBe(0)
  return flow.emitted.map(({ key, value, time }) => `${key} ${JSON.stringify(value)}@${time}`)
}

function expected({ windows, definition }: Kind, events: readonly Event[]): string[] {
  return [...new Set(events.map(({ key }) => key))].flatMap((key) => {
    const times = sorted(events.filter((event) => event.key === key).map(({ time }) => time))
    const rows = definition(times).filter(([, , held]) => held.length > 0)
    return rows.map(([start, end, held]) => {
      const time = windows.kind === 'session' ? end : Math.max(...held)
      return `${key} ${JSON.stringify([start, end, held])}@${time}`
    })
  })
}

const kinds: Readonly<Record<string, (random: Random, grace: number) => Kind>> = {
  hoppings,
  growing,
  slidings,
  sessions,
}

describe.each(Object.keys(kinds))('%s', (name) => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))('seed %i, three orders of arrival', (seed) => {
    const random = seededRandom(seed)
    const grace = randomInteger(random, 0, 20)
    const kind = kinds[name]!(random, grace)
    const events = Array.from({ length: randomInteger(random, 1, 30) }, () => ({
      key: 'ab'.charAt(randomInteger(random, 0, 1)),
      time: randomInteger(random, 0, 100),
    })).sort((one, other) => one.time - other.time)
    const rows = expected(kind, events).toSorted()
    expect(run(kind.windows, events).toSorted()).toEqual(rows)
    for (let order = 0; order < 2; order++) {
      expect(run(kind.windows, shuffled(random, events, grace)).toSorted()).toEqual(rows)
    }
  })
})
