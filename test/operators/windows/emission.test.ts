/** Every mode of `semantics.md` 3.1 for every kind of windows that closes. */
import { describe, expect, test } from 'vitest'
import { cumulate, hopping, onChange, onEventTime, onRecords, session, sliding, tumbling } from '../../../src/index.ts'
import { type LastingWindows, type Mode, marksBehind, ms, play, type Step, windowFlow } from './flows.ts'

const grace = ms(10)
const tens = tumbling(ms(10), { grace })
const sessions = session(ms(10), { grace })
const slidings = sliding(ms(10), { grace })
const hops = hopping(ms(10), { every: ms(5), grace })
const growing = cumulate(ms(10), { step: ms(5), grace })

describe('onTime: a row at the end, one per late record, the last one final', () => {
  test.each<[what: string, windows: LastingWindows, steps: readonly Step[]]>([
    [
      'tumbling: T ≥ end',
      tens,
      [
        ['x@2'],
        ['T9'],
        ['T10', '[0,10] on-time x@2'],
        ['y@5', '[0,10] late x+y@5'],
        ['T19'],
        ['T20', '[0,10] final x+y@5'],
      ],
    ],
    [
      'a window that only late records opened',
      tens,
      [['b:z@12'], ['x@2', '[0,10] late x@2'], ['T20', '[0,10] final x@2', 'b=[10,20] on-time z@12']],
    ],
    [
      'no late record: the final row says the same again',
      tens,
      [['x@2'], ['T10', '[0,10] on-time x@2'], ['T20', '[0,10] final x@2']],
    ],
    ['a jump over both: one row', tens, [['x@2'], ['T20', '[0,10] final x@2']]],
    ['no grace: one row', tumbling(ms(10)), [['x@2'], ['T10', '[0,10] final x@2']]],
    [
      'the end of a bounded run',
      tens,
      [['x@2'], ['b:y@11', '[0,10] on-time x@2'], ['end', '[0,10] final x@2', 'b=[10,20] final y@11']],
    ],
    [
      'hopping',
      hops,
      [['x@6'], ['T10', '[0,10] on-time x@6'], ['T15', '[5,15] on-time x@6'], ['T20', '[0,10] final x@6']],
    ],
    [
      'cumulate',
      growing,
      [
        ['x@2'],
        ['T5', '[0,5] on-time x@2'],
        ['T10', '[0,10] on-time x@2'],
        ['T15', '[0,5] final x@2'],
        ['T20', '[0,10] final x@2'],
      ],
    ],
    [
      'session: T > end + gap',
      sessions,
      [['x@2'], ['T12'], ['T13', '[2,2] on-time x@2'], ['T22'], ['T23', '[2,2] final x@2']],
    ],
    [
      'a session that a late record makes longer is not over yet',
      sessions,
      [['x@2'], ['T13', '[2,2] on-time x@2'], ['y@8'], ['T18'], ['T19', '[2,8] on-time x+y@8']],
    ],
    [
      'a session that a late record leaves over',
      sessions,
      [['x@2'], ['T13', '[2,2] on-time x@2'], ['y@1', '[1,2] late x+y@2']],
    ],
    [
      'sliding: T > end',
      slidings,
      [
        ['x@20'],
        ['T20'],
        ['T21', '[10,20] on-time x@20'],
        ['y@20', '[10,20] late x+y@20'],
        ['T31', '[10,20] final x+y@20'],
      ],
    ],
    [
      'several changes of one late record',
      slidings,
      [['x@20'], ['T22', '[10,20] on-time x@20'], ['y@15', '[5,15] late y@15', '[10,20] late x+y@20']],
    ],
  ])('%s', (_what, windows, steps) => {
    const { told, asked } = play(windowFlow(windows, 'on-time'), steps)
    expect(told).toEqual(asked)
  })
})

describe('early', () => {
  test.each<[what: string, trigger: Mode, windows: LastingWindows, steps: readonly Step[]]>([
    [
      'after so many records of a window, counted anew each time',
      onRecords(2),
      tens,
      [
        ['x@1'],
        ['y@2', '[0,10] early x+y@2'],
        ['z@3'],
        ['b:w@3'],
        ['v@4', '[0,10] early x+y+z+v@4'],
        ['T20', '[0,10] final x+y+z+v@4', 'b=[0,10] final w@3'],
      ],
    ],
    [
      'after every record',
      onRecords(1),
      hops,
      [
        ['x@6', '[0,10] early x@6', '[5,15] early x@6'],
        ['T20', '[0,10] final x@6'],
      ],
    ],
    ['a record that starts several growing windows', onRecords(2), growing, [['x@1'], ['y@6', '[0,10] early x+y@6']]],
    [
      'sessions that merge have as many changes as both had',
      onRecords(3),
      sessions,
      [['x@10'], ['y@21'], ['z@15', '[10,21] early x|y+z@21'], ['w@16'], ['T42', '[10,21] final x|y+z+w@21']],
    ],
    [
      'sliding windows each for itself',
      onRecords(2),
      slidings,
      [['x@20'], ['y@25'], ['z@25', '[15,25] early x+y+z@25', '[21,31] early y+z@25']],
    ],
    [
      'on a change that matters: before is undefined for a new window',
      onChange<string>((before, after) => before === undefined || after.length > before.length + 2),
      tens,
      [['x@1', '[0,10] early x@1'], ['y@2'], ['long@3', '[0,10] early x+y+long@3'], ['T20', '[0,10] final x+y+long@3']],
    ],
    [
      'on a change of a session',
      onChange<string>((before, after) => before !== undefined && after !== before),
      sessions,
      [['x@10'], ['y@15', '[10,15] early x+y@15']],
    ],
    [
      'when time has passed a multiple, windows that have changed since',
      onEventTime(ms(4)),
      tens,
      [
        ['x@1'],
        ['T3'],
        ['T4', '[0,10] early x@1'],
        ['T8'],
        ['y@9'],
        ['T13', '[0,10] early x+y@9'],
        ['T19'],
        ['T20', '[0,10] final x+y@9'],
      ],
    ],
    [
      'a jump over several multiples is one row',
      onEventTime(ms(4)),
      tens,
      [['x@1'], ['b:y@13', '[0,10] early x@1'], ['T16', 'b=[10,20] early y@13']],
    ],
    [
      'what closes at that moment comes out as final only',
      onEventTime(ms(5)),
      tumbling(ms(10)),
      [['x@7'], ['T10', '[0,10] final x@7']],
    ],
    [
      'rows of one moment by end, start and key',
      onEventTime(ms(7)),
      hops,
      [['b:x@6'], ['y@6'], ['T7', '[0,10] early y@6', 'b=[0,10] early x@6', '[5,15] early y@6', 'b=[5,15] early x@6']],
    ],
    [
      'sessions by time: of a merged one only what it is now',
      onEventTime(ms(100)),
      sessions,
      [['x@90'], ['y@95'], ['T100', '[90,95] early x+y@95'], ['T116', '[90,95] final x+y@95']],
    ],
  ])('%s', (_what, trigger, windows, steps) => {
    const { told, asked } = play(windowFlow(windows, trigger), steps)
    expect(told).toEqual(asked)
  })

  test('nothing is left of a window that has closed', () => {
    const flow = windowFlow(tens, onRecords(2))
    flow.put('a', 'x', 1)
    flow.task.advance(20)
    expect([...flow.stores.values()].map(({ size }) => size)).toEqual([0, 0])
  })
})

describe('updates: every change at once, nothing at the close', () => {
  test.each<[what: string, windows: LastingWindows, steps: readonly Step[]]>([
    ['tumbling', tens, [['x@2', '[0,10] x@2'], ['y@1', '[0,10] x+y@2'], ['T50']]],
    ['cumulate, in ascending ends', growing, [['x@2', '[0,5] x@2', '[0,10] x@2'], ['y@6', '[0,10] x+y@6'], ['T50']]],
    ['sliding', slidings, [['x@20', '[10,20] x@20'], ['T90']]],
    ['session', sessions, [['x@20', '[20,20] x@20'], ['T90']]],
  ])('%s', (_what, windows, steps) => {
    const flow = windowFlow(windows, 'updates')
    const { told, asked } = play(flow, steps)
    expect(told).toEqual(asked)
    expect(flow.stores.get('sums')!.size).toBe(0)
  })
})

describe('so far its results may lie behind T: marks go on less that', () => {
  test.each<[string, LastingWindows, Mode, number]>([
    ['time: size + grace', hops, 'final', 20],
    ['cumulate: size + grace', growing, 'on-time', 20],
    ['sliding: length + grace', slidings, 'final', 20],
    ['session: gap + grace', sessions, 'final', 20],
    ['sessions that merge with closed ones', sessions, 'updates', 30],
  ])('%s', (_what, windows, mode, hold) => {
    const flow = marksBehind(windows, mode)
    flow.task.advance(100)
    expect([...flow.task.sinkMarks.values()]).toEqual([100 - hold])
  })
})
