import { beforeAll, describe, expect, test } from 'vitest'
import { flightsFile, readFlights } from '../../examples/1-flights/data.ts'
import type { Flight } from '../../examples/1-flights/flight.ts'
import { type Expected, expectedOf } from '../../examples/2-rotations/expected.ts'
import { judge } from '../../examples/2-rotations/judge.ts'
import type { Rotation } from '../../examples/2-rotations/rotation.ts'

const gap = 6 * 3_600_000
const flights = [...readFlights()]
/** Milliseconds for a look at every row, on a busy machine too. */
const wholeYear = 180_000
let expected: Expected

beforeAll(async () => {
  expected = await expectedOf(flightsFile)
})

function departures(): Map<string, { time: number; delay: number }[]> {
  const byTail = new Map<string, { time: number; delay: number }[]>()
  for (const { tailnum, dep_delay, time_hour, minute } of flights) {
    if (tailnum === null || dep_delay === null) continue
    const list = byTail.get(tailnum) ?? []
    byTail.set(tailnum, list)
    list.push({ time: Date.parse(time_hour) + (minute + dep_delay) * 60_000, delay: dep_delay })
  }
  return byTail
}

/** Cuts the departures of one aircraft where it rested. */
function cut(tailnum: string, list: readonly { time: number; delay: number }[]): Rotation[] {
  const sorted = list.toSorted((one, other) => one.time - other.time)
  const starts = sorted.flatMap(({ time }, index) =>
    time - (sorted[index - 1]?.time ?? -gap - 1) > gap ? [index] : [],
  )
  return starts.map((start, index) => {
    const legs = sorted.slice(start, starts[index + 1])
    const [from, until] = [legs[0]!, legs.at(-1)!].map(({ time }) => new Date(time).toISOString()) as [string, string]
    return { tailnum, from, until, legs: legs.length, delay: legs.reduce((sum, leg) => sum + leg.delay, 0) }
  })
}

test(
  'SQL and a plain loop over the rows agree',
  () => {
    const rotations = [...departures()].flatMap(([tailnum, list]) => cut(tailnum, list))
    const put = (test: (flight: Flight) => boolean): Flight[] => flights.filter(test)
    const cancelled = put(({ tailnum, dep_time }) => tailnum !== null && dep_time === null)
    const withoutTail = put(({ tailnum }) => tailnum === null)
    const { complaints, counts } = judge(expected, { rotations, cancelled, withoutTail })
    expect(complaints).toEqual([])
    expect(counts).toEqual({
      flights: 336_776,
      rotations: 293_787,
      legs: 328_521,
      cancelled: 5_743,
      withoutTailNumber: 2_512,
    })
  },
  wholeYear,
)

describe('the check refuses', () => {
  // A part of the whole, so that each case is quick.
  const part = (): Expected => ({ ...expected, rotations: expected.rotations.slice(0, 1_000) })
  const row = (): Rotation => part().rotations[500]!
  const others = (): Rotation[] => part().rotations.filter((other) => other !== row())

  test.each<readonly [string, () => Rotation[], RegExp]>([
    ['a dropped row', others, /^1 missing rotations/],
    ['a doubled row', () => [...part().rotations, row()], /^1 doubled rotations/],
    ['another number of legs', () => [...others(), { ...row(), legs: row().legs + 1 }], /^1 different rotations/],
    ['another delay', () => [...others(), { ...row(), delay: row().delay - 1 }], /^1 different rotations/],
    ['another end', () => [...others(), { ...row(), until: '2014-01-01T00:00:00.000Z' }], /^1 different rotations/],
    ['a row made up', () => [...part().rotations, { ...row(), tailnum: 'N0' }], /^1 unexpected rotations/],
    ['no rows', () => [], /^1000 missing rotations/],
  ])('%s', (_, doctored, complaint) => {
    const { complaints } = judge(part(), { ...part(), rotations: doctored() })
    expect(complaints).toEqual([expect.stringMatching(complaint)])
  })

  test.each(['cancelled', 'withoutTail'] as const)('flights put aside as %s that are lost, or come twice', (name) => {
    const list = part()[name]
    expect(judge(part(), { ...part(), [name]: list.slice(1) }).complaints).toEqual([expect.stringMatching('1 missing')])
    expect(judge(part(), { ...part(), [name]: [...list, list[0]!] }).complaints).toEqual([
      expect.stringMatching('1 doubled'),
    ])
  })
})

test('nothing at all is not verified', () => {
  const nothing: Expected = { rotations: [], cancelled: [], withoutTail: [] }
  expect(judge(nothing, nothing).complaints).toHaveLength(3)
})
