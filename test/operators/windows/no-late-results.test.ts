/** No operator makes its own results late (`semantics.md` 2.8): windows without grace behind windows of every kind refuse nothing. */
import { describe, expect, test } from 'vitest'
import {
  countWindow,
  cumulate,
  from,
  globalWindow,
  hopping,
  type KeyedStream,
  onEventTime,
  onRecords,
  session,
  sliding,
  topology,
  tumbling,
  type Window,
  type WindowResults,
  type Windows,
} from '../../../src/index.ts'
import { randomInteger, seededRandom } from '../../../src/random.ts'
import { bench } from '../bench.ts'
import { input, ms, output } from './flows.ts'

const grace = ms(6)
const windows: Readonly<Record<string, Windows>> = {
  tumbling: tumbling(ms(10), { grace }),
  hopping: hopping(ms(10), { every: ms(4), grace }),
  cumulate: cumulate(ms(12), { step: ms(4), grace }),
  sliding: sliding(ms(8), { grace }),
  session: session(ms(4), { grace }),
}

type Rows = KeyedStream<string, string, Window>
const line = (value: unknown): string => JSON.stringify(value)
type Results = WindowResults<string, number, unknown>
const modes: Readonly<Record<string, (results: Results) => Rows>> = {
  final: (results) => results.map(line),
  updates: (results) => results.updates().map(line),
  'on time': (results) => results.onTime().map(line),
  'early by records': (results) => results.early(onRecords(2)).map(line),
  'early by time': (results) => results.early(onEventTime(ms(5))).map(line),
  suppressed: (results) => results.updates().suppress('once', { until: 'close' }).map(line),
}

function lasting(kind: string, mode: string): Rows {
  const windowed = from(input).window(windows[kind] as never) as { count(name: string): Results }
  return modes[mode]!(windowed.count('first'))
}

/** These take whatever comes: what is late for others behind them was late before. */
const graceless: readonly string[] = ['a global window by time', 'a suppressed table']

const others: Readonly<Record<string, () => Rows>> = {
  'count windows with timeout': () =>
    from(input)
      .window(countWindow(4, { every: 2, timeout: ms(9) }))
      .count('first')
      .map(line),
  'a global window by time': () =>
    from(input)
      .window(globalWindow())
      .count('first')
      .early(onEventTime(ms(5)))
      .map(line),
  'a suppressed table': () =>
    from(input)
      .count('first')
      .suppress('slow', { for: ms(7) })
      .toStream()
      .map(line) as unknown as Rows,
}

const cases: Readonly<Record<string, () => Rows>> = {
  ...Object.fromEntries(
    Object.keys(windows).flatMap((kind) =>
      Object.keys(modes).map((mode) => [`${kind}, ${mode}`, () => lasting(kind, mode)]),
    ),
  ),
  ...others,
}

/** Records may be late by as much as the first windows allow; the second ones allow nothing. */
function lateResults(rows: Rows, seed: number, mostDisorder: number): number {
  const random = seededRandom(seed)
  const flow = bench(
    topology(
      'app',
      rows
        .window(tumbling(ms(1)))
        .count('second')
        .to(output),
    ),
  )
  let latest = 20
  for (let index = 0; index < 80; index++) {
    latest += randomInteger(random, 0, 6) === 0 ? randomInteger(random, 10, 60) : randomInteger(random, 0, 3)
    const disorder = index % 3 === 0 ? randomInteger(random, 0, mostDisorder) : 0
    flow.put('abc'.charAt(index % 3), index, latest - disorder, latest)
  }
  flow.task.advance(Number.POSITIVE_INFINITY)
  expect(flow.emitted.length).toBeGreaterThan(0)
  return flow.counters.late
}

describe.each(Object.keys(cases))('%s', (name) => {
  test.each([1, 2, 3, 4, 5])('seed %i', (seed) => {
    expect(lateResults(cases[name]!(), seed, graceless.includes(name) ? 0 : 6)).toBe(0)
  })
})
