import { beforeAll, describe, expect, test } from 'vitest'
import { flightsFile, readFlights } from '../../examples/1-flights/data.ts'
import { isValid, type Weather } from '../../examples/3-weather/conditions.ts'
import { planeRows, planesFile, weatherFile, weatherRows } from '../../examples/3-weather/data.ts'
import { expectedJoins, type Joined } from '../../examples/3-weather/expected.ts'
import { judge } from '../../examples/3-weather/judge.ts'

const hour = 3_600_000
/** Milliseconds for a look at every row, on a busy machine too. */
const wholeYear = 180_000
let expected: Joined[]

beforeAll(async () => {
  expected = await expectedJoins({ flights: flightsFile, weather: weatherFile, planes: planesFile })
})

test(
  'SQL and a plain loop over the rows agree',
  () => {
    const reports = new Map(weatherRows().map(({ key, value, time }) => [`${key} ${time}`, value as Weather]))
    const planes = new Map(planeRows().map(({ key, value }) => [key, value as Joined['plane']]))
    const joined = [...readFlights()].map((flight) => {
      const time = Date.parse(flight.time_hour) + (flight.minute + (flight.dep_delay ?? 0)) * 60_000
      const weather = reports.get(`${flight.origin} ${time - (time % hour)}`) ?? null
      return { ...flight, weather, plane: planes.get(flight.tailnum) ?? null }
    })
    const { complaints, counts } = judge(expected, joined)
    expect(complaints).toEqual([])
    expect(counts).toEqual({ flights: 336_776, withWeather: 335_184, withPlane: 284_170 })
  },
  wholeYear,
)

describe('the check refuses', () => {
  // A part of the whole, so that each case is quick.
  const part = (): Joined[] => expected.slice(0, 1_000)
  const row = (): Joined => part().find(({ weather, plane }) => weather !== null && plane !== null)!
  const others = (): Joined[] => part().filter((other) => other !== row())
  const changed = (changes: Partial<Joined>) => (): Joined[] => [...others(), { ...row(), ...changes }]
  const another = (): Joined =>
    part().find(({ weather }) => weather !== null && weather.time_hour !== row().weather?.time_hour)!

  test.each<readonly [string, () => Joined[], RegExp]>([
    ['a dropped row', others, /^1 missing flights/],
    ['a doubled row', () => [...part(), row()], /^1 doubled flights/],
    ['weather that is gone', changed({ weather: null }), /^1 different flights/],
    [
      'the weather of another hour',
      () => [...others(), { ...row(), weather: another().weather }],
      /^1 different flights/,
    ],
    ['a plane that is gone', changed({ plane: null }), /^1 different flights/],
    ['a flight made up', () => [...part(), { ...row(), flight: 0 }], /^1 unexpected flights/],
    ['no rows', () => [], /^1000 missing flights/],
  ])('%s', (_, doctored, complaint) => {
    expect(judge(part(), doctored()).complaints).toEqual([expect.stringMatching(complaint)])
  })

  test('one measurement that is another, down to the last digit', () => {
    const { weather } = row()
    const doctored = [...others(), { ...row(), weather: { ...weather!, wind_speed: weather!.wind_speed! + 1e-12 } }]
    expect(judge(part(), doctored).complaints).toEqual([expect.stringMatching(/^1 different flights/)])
  })
})

describe('the data', () => {
  const rows = weatherRows()

  test('every report and every plane is there, with what is missing as null', () => {
    expect(rows).toHaveLength(26_115)
    expect(planeRows()).toHaveLength(3_322)
    expect(JSON.stringify([rows, planeRows()])).not.toMatch(/"NA"|NaN/)
  })

  test('reports come out of order, but less than three hours', () => {
    let newest = 0
    const behind = rows.map(({ time }) => {
      newest = Math.max(newest, time)
      return newest - time
    })
    const most = Math.max(...behind)
    expect(most).toBeGreaterThan(hour)
    expect(most).toBeLessThan(3 * hour)
  })

  test('a report is valid for an hour', () => {
    const report = rows[0]!.value as Weather
    expect([hour - 1, hour].map((after) => isValid(report, rows[0]!.time + after))).toEqual([true, false])
  })
})
