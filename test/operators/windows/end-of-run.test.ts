/** The end of a bounded run makes rows come out that are older or younger than time is (`semantics.md` 2.16): none is late. */
import { describe, expect, test } from 'vitest'
import {
  countWindow,
  from,
  number,
  session,
  sliding,
  text,
  topic,
  topology,
  tumbling,
  valueState,
} from '../../../src/index.ts'
import { drive, type Flow } from '../../../src/testing/drive.ts'

const ms = (milliseconds: number) => ({ milliseconds })
const input = topic('in', { key: text, value: text })
const output = topic('out', { key: text, value: number })
const records = () => from(input, { idle: 'off' })

const put = (flow: Flow, time: number, key = 'k', value = 'x'): void => flow.put(input, value, { key, time })
const said = (flow: Flow): string[] => flow.take(output).map(({ key, value, time }) => `${key}=${value}@${time}`)

test('windows of records that are not full: a window behind takes what is in them', () => {
  const full = records().window(countWindow(3)).count('threes')
  const behind = full.window(tumbling(ms(10))).reduce('per-ten', (one, other) => one + other, { value: number })
  const flow = drive(topology('app', behind.to(output)))
  put(flow, 5, 'old')
  for (const time of [100, 200, 300, 400]) put(flow, time, 'new')
  said(flow)
  flow.end()
  expect(flow.counters.late).toBe(0)
  expect(said(flow)).toEqual(['new=1@400', 'old=1@400'])
})

/** Value by value under one key; a record that says so sets a timer, whose value comes out at 1000. */
const reminded = () =>
  records().process('remind', {
    state: { seen: valueState(number) },
    onRecord(value, { timers }) {
      if (value === 'remind') timers.set('later', 1_000)
      return [1]
    },
    onTimer: () => [100],
  })
const sum = (one: number, other: number): number => one + other

describe('timers that are set far ahead: what was not closed by them stays open for a later run', () => {
  test.each([
    // [20,30) and [1000,1010) have spoken; nothing between them has.
    [
      'time windows',
      () =>
        reminded()
          .window(tumbling(ms(10)))
          .reduce('it', sum),
      [26, 31, 1_005],
      2,
      ['k=1@31'],
    ],
    [
      'sessions',
      () =>
        reminded()
          .window(session(ms(5)))
          .reduce('it', sum),
      [24, 31, 998],
      2,
      ['k=1@31'],
    ],
    [
      'sliding windows',
      () =>
        reminded()
          .window(sliding(ms(5)))
          .reduce('it', sum),
      [40, 1_000],
      1,
      ['k=1@40'],
    ],
  ])('%s', (_what, make, later, late, expected) => {
    const flow = drive(
      topology(
        'app',
        make()
          .map((value) => value)
          .to(output),
      ),
    )
    put(flow, 5, 'k', 'remind')
    put(flow, 25)
    flow.end()
    expect(said(flow).filter((each) => each.includes('100'))).toEqual(['k=100@1000'])
    flow.restart()
    for (const time of later) put(flow, time)
    expect(flow.counters.late).toBe(late)
    flow.end()
    expect(said(flow)).toEqual(expected)
  })
})
