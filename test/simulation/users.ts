/** The demo and two examples as their users would simulate them: with what `millrace/testing` gives away. */

import type { Flight } from '../../examples/1-flights/flight.ts'
import { airlines, flights, flightsByHour } from '../../examples/1-flights/topology.ts'
import { aircraftRotations } from '../../examples/2-rotations/topology.ts'
import type { Plane, Weather } from '../../examples/3-weather/conditions.ts'
import { planes, weather, weatherOfFlights } from '../../examples/3-weather/topology.ts'
import { type FeedMoment, feed, type Simulation, simulation } from '../../src/testing/index.ts'

const hour = 3_600_000
const origins = ['EWR', 'JFK', 'LGA']
const carriers = ['AA', 'B6', 'DL', 'UA', 'WN']

function oneOf<Value>(values: readonly Value[], { random }: FeedMoment): Value {
  return values[Math.floor(random.next() * values.length)]!
}

function hourText(time: number): string {
  return new Date(Math.floor(time / hour) * hour).toISOString().replace('.000Z', 'Z')
}

/** Scheduled three to ten hours ago, late by up to two; some are cancelled, some have no tail number. */
function flightAt(moment: FeedMoment): { readonly value: Flight } {
  const { index, random, now } = moment
  const isCancelled = index % 37 === 5
  const delay = Math.floor(random.next() * 120) - 10
  const minute = Math.floor(random.next() * 60)
  const times = { year: 2023, month: 11, day: 14, sched_dep_time: 0, sched_arr_time: 0, hour: 0, minute }
  const flown = { dep_time: 0, dep_delay: delay, arr_time: 0, arr_delay: delay, air_time: 60 }
  const cancelled = { dep_time: null, dep_delay: null, arr_time: null, arr_delay: null, air_time: null }
  return {
    value: {
      ...times,
      ...(isCancelled ? cancelled : flown),
      carrier: oneOf(carriers, moment),
      flight: index,
      tailnum: index % 53 === 7 ? null : `N${Math.floor(random.next() * 20)}`,
      origin: oneOf(origins, moment),
      dest: 'SFO',
      distance: 2_565,
      time_hour: hourText(now - (3 + Math.floor(random.next() * 8)) * hour),
    },
  }
}

function planeAt({ index }: FeedMoment): { readonly key: string; readonly value: Plane } {
  const value = {
    year: 2000 + (index % 10),
    type: 'jet',
    manufacturer: 'A',
    model: 'B',
    engines: 2,
    seats: 100 + index,
  }
  return { key: `N${index % 20}`, value: { ...value, speed: null, engine: 'turbofan' } }
}

function weatherAt({ index, now }: FeedMoment): {
  readonly key: string
  readonly value: Weather
  readonly time: number
} {
  const time = Math.floor(now / hour) * hour - (Math.floor(index / 3) % 12) * hour
  const unknown = { wind_dir: null, wind_speed: null, wind_gust: null, precip: null, pressure: null, visib: null }
  const value = { time_hour: hourText(time), temp: 50 + (index % 30), dewp: null, humid: null, ...unknown }
  return { key: origins[index % 3]!, value, time }
}

export const users: readonly Simulation[] = [
  simulation('flights', flightsByHour, {
    input: [
      feed(flights, flightAt, { share: 40 }),
      feed(airlines, ({ index }) => ({ key: carriers[index % 4]!, value: { name: `airline ${index % 4}` } })),
    ],
  }),
  simulation('rotations', aircraftRotations, { input: [feed(flights, flightAt)] }),
  simulation('weather', weatherOfFlights, {
    input: [feed(flights, flightAt, { share: 20 }), feed(planes, planeAt), feed(weather, weatherAt, { share: 2 })],
  }),
]
