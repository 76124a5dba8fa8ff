/** Every `<` and `≤` of `semantics.md` 3.2 to 3.4: the last T at which a window takes a record, the first at which it is closed. */
import { describe, expect, test } from 'vitest'
import {
  cumulate,
  from,
  hopping,
  session,
  sliding,
  text,
  topology,
  tumbling,
  type Window,
  type WindowResults,
} from '../../../src/index.ts'
import { bench } from '../bench.ts'
import { input, type LastingWindows, lengthOf, ms, output, windowFlow } from './flows.ts'

interface Edge {
  readonly windows: LastingWindows
  /** A window that holds a record at this time. */
  readonly time: number
  /** Its end, its row, the first T at which it is closed. */
  readonly window: string
  readonly closedAt: number
}

const edges: Readonly<Record<string, Edge>> = {
  'tumbling: T ≥ end + grace': {
    windows: tumbling(ms(10), { grace: ms(5) }),
    time: 12,
    window: '[10,20]',
    closedAt: 25,
  },
  'tumbling without grace': { windows: tumbling(ms(10)), time: 19, window: '[10,20]', closedAt: 20 },
  'shifted by an offset': { windows: tumbling(ms(10), { offset: ms(3) }), time: 22, window: '[13,23]', closedAt: 23 },
  'hopping: T ≥ end + grace': {
    windows: hopping(ms(10), { every: ms(10), grace: ms(1) }),
    time: 10,
    window: '[10,20]',
    closedAt: 21,
  },
  'cumulate: T ≥ end + grace': {
    windows: cumulate(ms(10), { step: ms(10), grace: ms(5) }),
    time: 10,
    window: '[10,20]',
    closedAt: 25,
  },
  'sliding: T > end + grace': { windows: sliding(ms(10), { grace: ms(5) }), time: 22, window: '[12,22]', closedAt: 28 },
  'sliding below its length: ends at the length': { windows: sliding(ms(10)), time: 3, window: '[0,10]', closedAt: 11 },
  'session: T > end + gap + grace': {
    windows: session(ms(10), { grace: ms(5) }),
    time: 20,
    window: '[20,20]',
    closedAt: 36,
  },
}

describe.each(Object.keys(edges))('%s', (name) => {
  const { windows, time, window, closedAt } = edges[name]!

  test('is open one before', () => {
    const flow = windowFlow(windows)
    flow.put('a', 'x', time)
    flow.task.advance(closedAt - 1)
    expect(flow.said()).toEqual([])
    flow.put('a', 'y', time)
    expect(flow.counters.late).toBe(0)
    flow.task.advance(closedAt)
    expect(flow.said()).toEqual([`a=${window} x+y@${time}`])
  })

  test('is closed at it: one row, and a record for it is late', () => {
    const flow = windowFlow(windows)
    flow.put('a', 'x', time)
    flow.task.advance(closedAt)
    flow.task.advance(closedAt)
    expect(flow.said()).toEqual([`a=${window} x@${time}`])
    flow.put('a', 'y', time)
    expect(flow.said()[0]).toMatch(/^a=late y/)
    expect(flow.counters.late).toBe(1)
  })

  test('the record that moves T there finds it closed', () => {
    const flow = windowFlow(windows)
    flow.put('a', 'x', time)
    flow.put('b', 'z', closedAt)
    expect(flow.said()).toEqual([`a=${window} x@${time}`])
  })

  test('behind a repartition topic only the mark closes it, and only then a record is late', () => {
    const flow = windowFlow(windows)
    const receive = (key: string, value: string, at: number): void => {
      Object.assign(flow.context, { raisesTime: false, key, time: at, window: null })
      flow.task.receive(0, key, value, at)
    }
    receive('a', 'x', time)
    receive('b', 'z', closedAt + 1_000)
    flow.task.advance(closedAt - 1)
    receive('a', 'y', time)
    expect(flow.said()).toEqual([])
    flow.task.advance(closedAt)
    expect(flow.said()).toEqual([`a=${window} x+y@${time}`])
    receive('a', 'late', time)
    expect(flow.counters.late).toBe(1)
  })

  test('what an end of a bounded run has closed stays closed, and T stays finite', () => {
    const flow = windowFlow(windows)
    flow.put('a', 'x', time)
    flow.task.advance(Number.POSITIVE_INFINITY)
    expect(flow.said()).toEqual([`a=${window} x@${time}`])
    expect(flow.task.saveTimes()).toMatchObject({ sums: { time } })
    flow.put('a', 'y', time)
    expect(flow.said()).toHaveLength(1)
    expect(flow.counters.late).toBe(1)
  })
})

describe('what lies in a window', () => {
  test.each<[string, LastingWindows, readonly number[], readonly string[]]>([
    [
      'tumbling: the start belongs to it, the end does not',
      tumbling(ms(10)),
      [10, 19, 20],
      ['[10,20] 10+19', '[20,30] 20'],
    ],
    [
      'hopping: every start s with s ≤ ts < s + size',
      hopping(ms(10), { every: ms(5) }),
      [5, 10],
      ['[0,10] 5', '[5,15] 5+10', '[10,20] 10'],
    ],
    ['no start before 1970', hopping(ms(10), { every: ms(4) }), [1], ['[0,10] 1']],
    [
      'cumulate: every window of its start with an end behind it',
      cumulate(ms(30), { step: ms(10) }),
      [9, 10, 20, 30],
      ['[0,10] 9', '[0,20] 9+10', '[0,30] 9+10+20', '[30,40] 30', '[30,50] 30', '[30,60] 30'],
    ],
    ['sliding: both ends belong to it', sliding(ms(10)), [20, 30], ['[10,20] 20', '[20,30] 20+30', '[21,31] 30']],
    ['sliding: one more is too far', sliding(ms(10)), [20, 31], ['[10,20] 20', '[21,31] 31']],
    ['session: as far as the gap is the same', session(ms(10)), [20, 30, 40], ['[20,40] 20+30+40']],
    ['session: one more is another', session(ms(10)), [20, 31], ['[20,20] 20', '[31,31] 31']],
  ])('%s', (_name, windows, times, rows) => {
    const flow = windowFlow(windows)
    flow.context.outOfOrderness = 1000
    for (const time of times) flow.put('a', time, time)
    flow.task.advance(Number.POSITIVE_INFINITY)
    expect(flow.said().map((line) => line.replace(/^a=(.*)@\d+$/, '$1'))).toEqual(rows)
  })
})

describe('rows leave the store', () => {
  test.each<[string, LastingWindows, 'final' | 'updates', number]>([
    ['with the window', tumbling(ms(10), { grace: ms(5) }), 'final', 25],
    ['with the window', cumulate(ms(10), { step: ms(5) }), 'updates', 20],
    ['with the session', session(ms(10), { grace: ms(5) }), 'final', 36],
    ['of sessions that may still be merged: when no record in time can touch them', session(ms(10)), 'updates', 41],
    ['of sliding windows when none is made of them any more', sliding(ms(10), { grace: ms(5) }), 'final', 37],
  ])('%s: %o, %s', (_name, windows, mode, dropped) => {
    const flow = windowFlow(windows, mode)
    flow.put('a', 'x', 20 - (windows.kind === 'tumbling' || windows.kind === 'cumulate' ? 6 : 0))
    flow.task.advance(dropped - 1)
    expect(flow.stores.get('sums')!.size).toBeGreaterThan(0)
    flow.task.advance(dropped)
    expect(flow.stores.get('sums')!.size).toBe(0)
  })
})

test.each<[string, LastingWindows, readonly string[]]>([
  ['hopping', hopping(ms(10), { every: ms(5) }), ['[0,10]', '[5,15]']],
  ['cumulate', cumulate(ms(10), { step: ms(5) }), ['[0,10]']],
  ['sliding', sliding(ms(10)), ['[0,10]']],
  ['session', session(ms(10)), ['[7,7]']],
])('%s: a fold sees the window that it folds into', (_name, windows, seen) => {
  const windowed = from(input).window(windows as never) as { aggregate(name: string, fold: object): unknown }
  const sums = windowed.aggregate('sums', {
    as: text,
    start: '',
    add: (_sum: string, _value: unknown, { window }: { readonly window: Window }) => lengthOf(window),
    merge: (one: string) => one,
  }) as WindowResults<string, string, unknown>
  const flow = bench(topology('app', sums.to(output)))
  flow.put('a', 'x', 7)
  flow.task.advance(Number.POSITIVE_INFINITY)
  expect(flow.emitted.map(({ value }) => value)).toEqual(seen)
})
