import { beforeAll, expect, test } from 'vitest'
import { readFlights } from '../../examples/1-flights/data.ts'
import type { OriginHour } from '../../examples/1-flights/flight.ts'
import { compareRows, expectedHours, isVerified } from '../../examples/1-flights/verify.ts'

let expected: OriginHour[]

beforeAll(async () => {
  expected = await expectedHours()
})

test('SQL and a plain loop over the rows agree', () => {
  const sums = new Map<string, { origin: string; hour: string; flights: number; delay: number; maxDelay: number }>()
  for (const { origin, time_hour, minute, dep_delay } of readFlights()) {
    if (dep_delay === null) continue
    const time = Date.parse(time_hour) + (minute + dep_delay) * 60_000
    const hour = new Date(time - (time % 3_600_000)).toISOString()
    const sum = sums.get(origin + hour) ?? { origin, hour, flights: 0, delay: 0, maxDelay: -Infinity }
    sums.set(origin + hour, sum)
    sum.flights++
    sum.delay += dep_delay
    sum.maxDelay = Math.max(sum.maxDelay, dep_delay)
  }
  const rows = [...sums.values()].map(({ delay, ...row }) => ({ ...row, meanDelay: delay / row.flights }))
  const comparison = compareRows(expected, rows)
  expect(comparison).toMatchObject({ missing: [], doubled: [], different: [], unexpected: [] })
  expect(comparison.equal).toBe(expected.length)
  expect(isVerified(comparison)).toBe(true)
  expect(expected.reduce((sum, row) => sum + row.flights, 0)).toBe(336_776 - 8_255)
})

test('late flights are left out', async () => {
  const late = { time_hour: '2013-01-01T10:00:00Z', carrier: 'UA', flight: 1545 }
  const without = await expectedHours([late])
  const { different, missing } = compareRows(expected, without)
  expect(missing).toHaveLength(0)
  expect(different.map((pair) => [pair.expected.origin, pair.expected.flights - pair.actual.flights])).toEqual([
    ['EWR', 1],
  ])
})

test('a row that is dropped, doubled, changed or made up is found', () => {
  const row = expected[1_000] as OriginHour
  const others = expected.filter((other) => other !== row)
  const changed = { ...row, meanDelay: row.meanDelay + 1e-9 }
  const madeUp = { ...row, origin: 'SFO' }
  expect(compareRows(expected, others).missing).toEqual([row])
  expect(compareRows(expected, [...expected, row]).doubled).toEqual([row])
  expect(compareRows(expected, [...others, changed]).different).toEqual([{ expected: row, actual: changed }])
  expect(compareRows(expected, [...expected, madeUp]).unexpected).toEqual([madeUp])
  for (const doctored of [others, [...expected, row], [...others, changed], [...expected, madeUp], []]) {
    expect(isVerified(compareRows(expected, doctored))).toBe(false)
  }
  expect(isVerified(compareRows(expected, expected.toReversed()))).toBe(true)
})
