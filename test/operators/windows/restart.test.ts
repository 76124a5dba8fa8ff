/** Nothing that an operator needs is in its memory alone: restarts and rejected records leave no trace in what comes out. */
import { describe, expect, test } from 'vitest'
import {
  countWindow,
  cumulate,
  from,
  globalWindow,
  hopping,
  json,
  number,
  onEventTime,
  onRecords,
  session,
  skip,
  sliding,
  type Topology,
  text,
  topic,
  topology,
  tumbling,
  type WindowResults,
  type Windows,
} from '../../../src/index.ts'
import { type Random, randomInteger, seededRandom } from '../../../src/random.ts'
import { drive } from '../../../src/testing/index.ts'
import { lengthOf, ms } from './flows.ts'

const input = topic('in', { key: text, value: json<string>() })
const output = topic('out', { key: text, value: json<unknown>() })
const lateOutput = topic('late', { key: text, value: json<unknown>() })

/** A record that the fold chokes on, and one that is filtered before it: both move time and nothing else. */
type Poison = 'rejected' | 'filtered'

const windows: Readonly<Record<string, Windows>> = {
  tumbling: tumbling(ms(10), { grace: ms(7) }),
  hopping: hopping(ms(10), { every: ms(4), grace: ms(7) }),
  cumulate: cumulate(ms(12), { step: ms(4), grace: ms(7) }),
  sliding: sliding(ms(8), { grace: ms(7) }),
  session: session(ms(4), { grace: ms(7) }),
}

type Results = WindowResults<string, string, string>
const modes: Readonly<Record<string, (results: Results) => Pick<Results, 'map' | 'late'>>> = {
  final: (results) => results,
  updates: (results) => results.updates() as never,
  'on time': (results) => results.onTime() as never,
  'early by records': (results) => results.early(onRecords(2)) as never,
  'early by time': (results) => results.early(onEventTime(ms(5))) as never,
  suppressed: (results) => {
    const updates = results.updates()
    const held = updates.suppress('once', { until: 'close' })
    return { map: held.map.bind(held), late: updates.late } as never
  },
}

const fold = {
  as: text,
  start: '',
  add: (sum: string, value: string) => {
    if (value.startsWith('bad')) throw new Error('bad')
    return sum === '' ? value : `${sum}+${value}`
  },
  merge: (one: string, other: string) => `${one}|${other}`,
}

function keyedFor(poison: Poison) {
  const read = from(input, { onFailure: [skip()] })
  return poison === 'filtered' ? read.filter((value) => !value.startsWith('bad')) : read
}

function lasting(kind: string, mode: string, poison: Poison): Topology {
  const windowed = keyedFor(poison).window(windows[kind] as never) as {
    aggregate(name: string, how: typeof fold): Results
  }
  const results = modes[mode]!(windowed.aggregate('sums', fold))
  return topology(
    'app',
    results.map((value, { window }) => [lengthOf(window), value]).to(output),
    results.late.map((late) => [late.value, late.operatorTime, lengthOf(late.window)]).to(lateOutput),
  )
}

const others: Readonly<Record<string, (poison: Poison) => Topology>> = {
  'count windows': (poison) =>
    topology(
      'app',
      keyedFor(poison)
        .window(countWindow(4, { every: 3, timeout: ms(9) }))
        .aggregate('sums', fold)
        .map((value, { window }) => [lengthOf(window), value])
        .to(output),
    ),
  'a global window': (poison) =>
    topology('app', keyedFor(poison).window(globalWindow()).aggregate('sums', fold).early(onRecords(3)).to(output)),
  'a suppressed table': (poison) =>
    topology(
      'app',
      keyedFor(poison)
        .aggregate('sums', fold)
        .suppress('slow', { for: ms(6), maxRows: 3 })
        .to(output),
    ),
  'rows that vanish': (poison) =>
    topology(
      'app',
      keyedFor(poison)
        .aggregate('sums', fold, { ttl: ms(9) })
        .to(output),
    ),
  'the best of windows': (poison) =>
    topology(
      'app',
      keyedFor(poison)
        .map((value) => {
          if (value.startsWith('bad')) throw new Error('bad')
          return value.length * 100 + Number(value)
        })
        .window(tumbling(ms(10), { grace: ms(7) }))
        .top('best', 2, { compare: (one, other) => other - one, value: number })
        .to(output),
    ),
}

interface Put {
  readonly key: string
  readonly value: string
  readonly time: number
  readonly restarts: boolean
}

function puts(random: Random): Put[] {
  let now = 10
  return Array.from({ length: 45 }, (_, index) => {
    now += randomInteger(random, 0, 4)
    return {
      key: 'abc'.charAt(randomInteger(random, 0, 2)),
      value: randomInteger(random, 0, 5) === 0 ? `bad ${index}` : String(index),
      time: Math.max(0, now - randomInteger(random, 0, 1) * randomInteger(random, 0, 14)),
      restarts: randomInteger(random, 0, 3) === 0,
    }
  })
}

function outcome(made: Topology, given: readonly Put[], restarts: boolean): unknown {
  const flow = drive(made)
  for (const { key, value, time, restarts: here } of given) {
    flow.put(input, value, { key, time })
    if (here && restarts) flow.restart()
  }
  flow.end()
  const late = made.sinks.length > 1 ? flow.take(lateOutput) : []
  // What comes too late for every window never reaches the fold that would reject it.
  return { rows: flow.take(output), late: late.filter(({ value }) => !String(value).startsWith('bad')) }
}

const cases = [
  ...Object.keys(windows).flatMap((kind) =>
    Object.keys(modes).map((mode) => [`${kind}, ${mode}`, kind, mode] as const),
  ),
].map(([name, kind, mode]) => [name, (poison: Poison) => lasting(kind, mode, poison)] as const)

describe.each([...cases, ...Object.entries(others)])('%s', (_name, made) => {
  test.each([3, 4])('random input, seed %i', (seed) => {
    const given = puts(seededRandom(seed))
    const expected = outcome(made('filtered'), given, false)
    expect((expected as { rows: unknown[] }).rows.length).toBeGreaterThan(2)
    expect(outcome(made('rejected'), given, false)).toEqual(expected)
    expect(outcome(made('rejected'), given, true)).toEqual(expected)
  })
})
