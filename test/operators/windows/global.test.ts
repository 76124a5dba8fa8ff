/** One window per key that never closes. */
import { describe, expect, test } from 'vitest'
import {
  from,
  globalWindow,
  onChange,
  onEventTime,
  onRecords,
  onWallClock,
  type Trigger,
  text,
  topology,
} from '../../../src/index.ts'
import { type Bench, bench } from '../bench.ts'
import { input, ms, output, play, type Step } from './flows.ts'

function flowOf(mode: 'updates' | Trigger): Bench {
  const sums = from(input)
    .window(globalWindow())
    .aggregate('sums', { as: text, start: '', add: (sum: string, value) => `${sum}${value}` })
  const lines =
    mode === 'updates'
      ? sums.updates().map((sum, { window }) => `${sum} since ${window.start.getTime()}`)
      : sums.early(mode).map(({ pane, value }) => `${pane} ${value}`)
  return bench(topology('app', lines.to(output)))
}

describe('it speaks when it is told to', () => {
  test.each<[what: string, mode: 'updates' | Trigger, steps: readonly Step[]]>([
    [
      'at every change, stamped with the largest time',
      'updates',
      [['x@5', 'x since 0@5'], ['y@3', 'xy since 0@5'], ['T100000']],
    ],
    ['after so many records', onRecords(2), [['x@5'], ['b:y@6'], ['z@7', 'early xz@7'], ['T100000']]],
    ['on a change', onChange<string>((_before, after) => after.endsWith('!')), [['x@5'], ['!@6', 'early x!@6']]],
    [
      'when time has passed',
      onEventTime(ms(10)),
      [['x@5'], ['T9'], ['T10', 'early x@5'], ['T20'], ['y@21'], ['T40', 'early xy@21']],
    ],
    ['the end of a bounded run says what has changed since', onRecords(2), [['x@5'], ['end', 'early x@5'], ['end']]],
    ['the end passes every multiple', onEventTime(ms(10)), [['x@5'], ['end', 'early x@5']]],
  ])('%s', (_what, mode, steps) => {
    const flow = flowOf(mode)
    const { told, asked } = play(flow, steps)
    expect(told).toEqual(asked)
    expect(flow.counters.late).toBe(0)
  })

  test('by the wall clock', () => {
    const flow = flowOf(onWallClock(ms(1000)))
    flow.put('a', 'x', 5)
    flow.task.fireWallClock(10_000)
    flow.task.fireWallClock(11_000)
    expect(flow.said()).toEqual(['a=early x@5'])
  })
})

test('the results alone are not a stream: there is no final row', () => {
  const results = from(input).window(globalWindow()).count('counts')
  expect(Object.keys(results)).toEqual(['updates', 'early'])
})
