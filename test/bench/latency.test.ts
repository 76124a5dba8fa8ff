import { expect, test } from 'vitest'
import { Histogram } from '../../bench/latency/histogram.ts'
import { dueBy } from '../../bench/latency/pace.ts'
import { producedAt } from '../../bench/latency/produced-at.ts'
import { visibleAfter } from '../../bench/latency/visible.ts'

test('a histogram knows every share to a millisecond', () => {
  const histogram = new Histogram()
  for (let value = 1; value <= 100; value++) histogram.add(value)
  expect([0.5, 0.99, 1].map((share) => histogram.quantile(share))).toEqual([50, 99, 100])
  histogram.add(500, 900)
  expect([histogram.quantile(0.05), histogram.quantile(0.5), histogram.total]).toEqual([50, 500, 1000])
  expect(new Histogram().quantile(0.5)).toBeNaN()
})

test('a clock that was set back, and a result that took for ever, lose nobody', () => {
  const histogram = new Histogram()
  histogram.add(-3)
  histogram.add(1e9)
  expect([histogram.quantile(0.5), histogram.quantile(1), histogram.total]).toEqual([0, 60_000, 2])
})

test('the time of production stands in the result, however the engine spaces its JSON', () => {
  expect(producedAt(Buffer.from('{"auction":1,"dateTime":1767225600123,"extra":"x"}'))).toBe(1_767_225_600_123)
  expect(producedAt(Buffer.from('{"dateTime": 5}'))).toBe(5)
  expect(() => producedAt(Buffer.from('{"time":5}'))).toThrow('no dateTime')
  expect(() => producedAt(Buffer.from('{"dateTime":"5"}'))).toThrow('no dateTime')
})

test('the stream is even: a late tick makes up for what it missed', () => {
  expect(dueBy(5, 20_000, 0)).toBe(100)
  expect(dueBy(12.5, 20_000, 100)).toBe(150)
  expect(dueBy(5, 20_000, 200)).toBe(0)
  let sent = 0
  for (let time = 3; time <= 3_000; time += 3) sent += dueBy(time, 20_000, sent)
  expect(sent).toBe(60_000)
})

test('records are seen some time after the nearest commit, or had nothing to wait for', () => {
  const seen = visibleAfter(
    [1_000, 1_100, 1_200],
    [
      { at: 1_004, records: 10 },
      { at: 1_099, records: 10 },
      { at: 1_109, records: 10 },
      { at: 1_230, records: 10 },
    ],
  )
  expect(seen.total).toBe(40)
  expect([0.25, 0.5, 0.75, 1].map((share) => seen.quantile(share))).toEqual([0, 4, 9, 30])
})

test('without commits nothing can be said', () => {
  expect(visibleAfter([], [{ at: 1, records: 5 }]).total).toBe(0)
})
