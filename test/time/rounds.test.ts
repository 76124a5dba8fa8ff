/** The marks of a task that its own records come back to: W waits for none of them, what lies behind them does. */
import { describe, expect, test } from 'vitest'
import { Watermark, type WatermarkInput, type WriterMark } from '../../src/time/watermark.ts'

const infinity = Number.POSITIVE_INFINITY
const source = (outOfOrderness = 0): WatermarkInput => ({ topic: 'left', outOfOrderness, writers: null })
const back = (topic: string, round: number, ...writers: string[]): WatermarkInput => {
  return { topic, outOfOrderness: 0, writers, round }
}
const circle = (outOfOrderness = 0): Watermark => new Watermark([source(outOfOrderness), back('answers', 1, 'right-0')])

function marks(watermark: Watermark, rounds = 2): number[] {
  return Array.from({ length: rounds }, (_, round) => watermark.markOf(round))
}

describe('a mark behind what comes back', () => {
  test.each<[string, number, WriterMark | null, number[]]>([
    ['is unknown before its writers are heard', 10, null, [10, -1]],
    ['is that of its writers', 10, 7, [10, 7]],
    ['is no further than W', 10, 30, [10, 10]],
    ['is W while its writers are idle', 10, 'idle', [10, 10]],
    ['is W when its writers have ended', 10, infinity, [10, 10]],
  ])('%s', (_what, taken, mark, expected) => {
    const watermark = circle()
    watermark.take(0, taken)
    if (mark !== null) watermark.writerMark(1, 'right-0', mark)
    expect(marks(watermark)).toEqual(expected)
  })

  test('is that of its writers alone while nothing else has ever come', () => {
    const watermark = circle()
    watermark.writerMark(1, 'right-0', 7)
    expect(marks(watermark)).toEqual([-1, -1])
    watermark.becomeIdle()
    expect(marks(watermark)).toEqual([-1, 7])
    expect([watermark.isIdle, watermark.isIdleIn(0)]).toEqual([false, true])
    watermark.take(0, 3)
    expect(marks(watermark)).toEqual([3, 7])
  })

  test('follows W by the wall clock and to the end', () => {
    const watermark = circle(5)
    watermark.take(0, 10)
    watermark.writerMark(1, 'right-0', 40)
    expect(marks(watermark)).toEqual([5, 5])
    watermark.advanceTo(20)
    expect(marks(watermark)).toEqual([20, 20])
    watermark.advanceTo(infinity)
    expect([...marks(watermark), watermark.lastFinite]).toEqual([infinity, 40, 20])
    watermark.writerMark(1, 'right-0', infinity)
    expect(marks(watermark)).toEqual([infinity, infinity])
  })

  test('counts all rounds before it', () => {
    const watermark = new Watermark([source(), back('requests', 1, 'a', 'b'), back('answers', 2, 'a')])
    watermark.take(0, 50)
    watermark.writerMark(2, 'a', 40)
    watermark.writerMark(1, 'a', 20)
    expect(marks(watermark, 3)).toEqual([50, -1, -1])
    watermark.writerMark(1, 'b', 30)
    expect(marks(watermark, 3)).toEqual([50, 20, 20])
    watermark.writerMark(1, 'a', 100)
    expect(marks(watermark, 3)).toEqual([50, 30, 30])
    watermark.writerMark(1, 'b', 100)
    expect(marks(watermark, 3)).toEqual([50, 50, 40])
  })
})

test('a record that comes back moves no time', () => {
  const watermark = circle()
  watermark.take(1, 100)
  expect([watermark.value, watermark.hasTaken]).toEqual([-1, false])
  watermark.take(0, 10)
  watermark.take(1, 200)
  expect(watermark.value).toBe(10)
})

test('several out-of-ordernesses count beside what comes back', () => {
  const left = { ...source(5), topic: 'other' }
  const watermark = new Watermark([source(), left, back('answers', 1, 'right-0')])
  watermark.head(0, 20)
  watermark.head(1, 30)
  watermark.head(2, 1)
  watermark.take(2, 1)
  watermark.take(0, 20)
  watermark.writerMark(2, 'right-0', 18)
  expect(marks(watermark)).toEqual([15, 15])
})

test('what is saved is known again, but never the end of a bounded run', () => {
  const watermark = circle()
  watermark.take(0, 10)
  watermark.writerMark(1, 'right-0', 7)
  watermark.advanceTo(infinity)
  watermark.writerMark(1, 'right-0', infinity)
  const other = circle()
  other.restore(JSON.parse(JSON.stringify(watermark.save())))
  expect(marks(other)).toEqual([10, 7])
  const larger = new Watermark([source(), back('requests', 1, 'a'), back('answers', 2, 'right-0')])
  larger.restore(watermark.save())
  expect(marks(larger, 3)).toEqual([10, -1, -1])
})
