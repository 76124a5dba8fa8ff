import { describe, expect, test } from 'vitest'
import { parseWords } from './arguments.ts'
import { allowedRecords, millisecondsPerFault, Spans } from './pace.ts'
import { percentile } from './percentiles.ts'
import { planFor, scheduleOf } from './schedule.ts'

describe('the schedule of faults', () => {
  test('so many kills bring so many stops and restarts', () => {
    expect(planFor(10, true)).toEqual({ kills: 10, stops: 3, brokerRestarts: 1 })
    expect(planFor(60, true)).toEqual({ kills: 60, stops: 11, brokerRestarts: 5 })
    expect(planFor(60, false).brokerRestarts).toBe(0)
  })

  test('holds what the plan says, spread evenly, the same each time', () => {
    const plan = planFor(60, true)
    const schedule = scheduleOf(plan)
    const count = (kind: string): number => schedule.filter((fault) => fault.kind === kind).length
    expect([count('kill'), count('stop'), count('broker restart')]).toEqual([60, 11, 5])
    const restarts = schedule.flatMap(({ kind }, index) => (kind === 'broker restart' ? [index] : []))
    const gaps = restarts.slice(1).map((index, before) => index - restarts[before]!)
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(2)
    expect(scheduleOf(plan)).toEqual(schedule)
  })

  test('more than a third of the kills are aimed at an open transaction, some return after their session', () => {
    const kills = scheduleOf(planFor(60, true)).filter((fault) => fault.kind === 'kill')
    expect(kills.filter(({ aimed }) => aimed).length).toBe(40)
    expect(kills.filter(({ returns }) => returns === 'late').length).toBe(20)
  })
})

describe('the pace of the input', () => {
  const pace = { records: 90_000, faults: 10 }
  const expected = (count: number): number[] => Array.from({ length: count }, () => millisecondsPerFault)

  test('is steady while faults take as long as expected', () => {
    expect(allowedRecords(pace, [0])).toBe(0)
    expect(allowedRecords(pace, [...expected(1), millisecondsPerFault / 2])).toBe(9_000)
    expect(allowedRecords(pace, expected(10))).toBe(60_000)
  })

  test('slows down while one takes longer, but does not stop', () => {
    expect(allowedRecords(pace, [millisecondsPerFault * 21])).toBe(12_000)
    expect(allowedRecords(pace, [millisecondsPerFault * 41])).toBe(18_000)
  })

  test('has enough for a machine that is ten times as slow, and never gives all', () => {
    expect(
      allowedRecords(
        pace,
        expected(10).map((span) => span * 10),
      ),
    ).toBeLessThan(89_100)
    expect(allowedRecords(pace, [1e12])).toBe(89_100)
  })

  test('the spans of faults are measured while they go on', () => {
    let now = 5
    const spans = new Spans(() => now)
    now = 12
    spans.next()
    now = 15
    expect(spans.all).toEqual([7, 3])
  })
})

describe('percentiles', () => {
  test('are values that were measured', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)]).toEqual([50, 99, 100])
    expect(percentile([7], 0.5)).toBe(7)
    expect(percentile([], 0.5)).toBeNull()
  })
})

describe('the words', () => {
  test('are read', () => {
    expect(parseWords(['--records', '20000', '--kills', '2', '--embedded', '--json'])).toEqual({
      records: 20_000,
      kills: 2,
      brokers: null,
      embedded: true,
      json: true,
    })
    expect(parseWords(['--brokers', 'a:9092']).brokers).toBe('a:9092')
  })

  test.each([
    [['--records', 'many']],
    [['--records', '20001']],
    [['--kills', '0']],
    [['--brokers', 'a:9092', '--embedded']],
    [['--speed', '3']],
  ])('%j says nothing sensible', (words) => {
    expect(() => parseWords(words)).toThrow()
  })
})
