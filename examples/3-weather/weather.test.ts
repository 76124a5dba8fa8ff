import { expect, test } from 'vitest'
import { drive } from '../../src/testing/index.ts'
import type { Flight } from '../1-flights/flight.ts'
import type { Plane, Weather } from './conditions.ts'
import { flights, flightsInWeather, planes, weather, weatherOfFlights } from './topology.ts'

const time = (hour: number, minute = 0): number => Date.UTC(2013, 0, 1, hour, minute)
const hourOf = (hour: number): string => new Date(time(hour)).toISOString()

/** A flight of N1 from Newark that leaves at a time of 1 January. */
function flightAt(hour: number, minute: number, changes: Partial<Flight> = {}): Flight {
  return {
    ...{ year: 2013, month: 1, day: 1, dep_time: 0, sched_dep_time: 0, dep_delay: 0, hour, minute },
    ...{ arr_time: null, sched_arr_time: 0, arr_delay: null, air_time: null, distance: 0 },
    ...{ carrier: 'UA', flight: hour * 100 + minute, tailnum: 'N1', origin: 'EWR', dest: 'IAH' },
    time_hour: hourOf(hour),
    ...changes,
  }
}

function reportOf(hour: number, temp: number): Weather {
  const unknown = { dewp: null, humid: null, wind_dir: null, wind_speed: null, wind_gust: null }
  return { time_hour: hourOf(hour), temp, ...unknown, precip: null, pressure: null, visib: null }
}

const plane: Plane = {
  ...{ year: 1999, type: 'Fixed wing', manufacturer: 'BOEING', model: '737', engines: 2 },
  ...{ seats: 149, speed: null, engine: 'Turbo-fan' },
}

class Airport {
  readonly flow: ReturnType<typeof drive> = drive(weatherOfFlights)

  reports(hour: number, temp: number, origin = 'EWR'): this {
    this.flow.put(weather, reportOf(hour, temp), { key: origin, time: time(hour) })
    return this
  }

  leaves(flight: Flight): this {
    this.flow.put(flights, flight, { key: flight.tailnum, time: Date.parse(flight.time_hour) })
    return this
  }

  /** Flight number and temperature of all that came out, in order of departure. */
  temperatures(): (readonly [flight: number, temp: number | null | undefined])[] {
    return this.flow.take(flightsInWeather).map(({ value }) => [value.flight, value.weather?.temp])
  }
}

test('a flight meets the weather that was valid when it left, not the latest', () => {
  const { flow } = new Airport().reports(9, 30).reports(10, 31).reports(11, 32).leaves(flightAt(10, 30))
  flow.end()
  expect(flow.take(flightsInWeather).map(({ value }) => value.weather)).toEqual([reportOf(10, 31)])
})

test('a report holds from its hour on, and for an hour', () => {
  const airport = new Airport().reports(9, 30).reports(10, 31)
  for (const [hour, minute] of [
    [8, 59],
    [9, 0],
    [9, 59],
    [10, 0],
    [10, 59],
    [11, 0],
  ] as const)
    airport.leaves(flightAt(hour, minute))
  airport.flow.end()
  expect(airport.temperatures()).toEqual([
    [859, undefined],
    [900, 30],
    [959, 30],
    [1000, 31],
    [1059, 31],
    [1100, undefined],
  ])
})

test('a flight waits for a report that comes three hours late', () => {
  const airport = new Airport().reports(9, 30).leaves(flightAt(10, 30)).reports(12, 33).reports(13, 34)
  expect(airport.temperatures()).toEqual([])
  airport.reports(10, 31).flow.end()
  expect(airport.temperatures()).toEqual([[1030, 31]])
})

test('what waits is not forgotten with the worker', () => {
  const airport = new Airport().reports(10, 31).leaves(flightAt(10, 30))
  airport.flow.restart()
  airport.flow.end()
  expect(airport.temperatures()).toEqual([[1030, 31]])
})

test('each airport has its own weather', () => {
  const airport = new Airport()
    .reports(10, 31)
    .reports(10, 41, 'JFK')
    .leaves(flightAt(10, 5, { origin: 'JFK' }))
  airport.flow.end()
  expect(airport.temperatures()).toEqual([[1005, 41]])
})

test('a delayed flight has the weather of its real departure, a cancelled one that of its schedule', () => {
  const airport = new Airport().reports(10, 31).reports(12, 33)
  airport.leaves(flightAt(10, 1, { dep_time: null, dep_delay: null })).leaves(flightAt(10, 2, { dep_delay: 120 }))
  airport.flow.end()
  expect(airport.temperatures()).toEqual([
    [1001, 31],
    [1002, 33],
  ])
})

test('planes are found by tail number; those that are not known are null', () => {
  const { flow } = new Airport()
  flow.put(planes, plane, { key: 'N1', time: 0 })
  for (const tailnum of ['N1', 'N2', null]) flow.put(flights, flightAt(10, 0, { tailnum }), { key: tailnum })
  flow.end()
  expect(flow.take(flightsInWeather).map(({ value }) => [value.tailnum, value.plane])).toEqual([
    ['N1', plane],
    ['N2', null],
    [null, null],
  ])
})
