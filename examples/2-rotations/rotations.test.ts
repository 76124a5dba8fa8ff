import { expect, test } from 'vitest'
import { drive } from '../../src/testing/index.ts'
import type { Flight } from '../1-flights/flight.ts'
import { aircraftRotations, cancelledFlights, flights, flightsWithoutTail, rotationsByTail } from './topology.ts'

/** A flight that should leave at an hour of 1 January. */
function flightAt(hour: number, changes: Partial<Flight> = {}): Flight {
  return {
    ...{ year: 2013, month: 1, day: 1, dep_time: 0, sched_dep_time: 0, dep_delay: 0, hour, minute: 0 },
    ...{ arr_time: null, sched_arr_time: 0, arr_delay: null, air_time: null, distance: 0 },
    ...{ carrier: 'UA', flight: hour, tailnum: 'N1', origin: 'EWR', dest: 'IAH' },
    time_hour: new Date(Date.UTC(2013, 0, 1, hour)).toISOString(),
    ...changes,
  }
}

function put(...list: readonly Flight[]): ReturnType<typeof drive> {
  const flow = drive(aircraftRotations)
  for (const flight of list) flow.put(flights, flight, { key: flight.tailnum, time: Date.parse(flight.time_hour) })
  return flow
}

const at = (hour: number, minute = 0): string => new Date(Date.UTC(2013, 0, 1, hour, minute)).toISOString()

test('departures up to six hours apart are one rotation, a minute more makes two', () => {
  const flow = put(flightAt(0, { dep_delay: 5 }), flightAt(6, { dep_delay: 5 }), flightAt(12, { dep_delay: 6 }))
  flow.end()
  expect(flow.take(rotationsByTail).map(({ value }) => value)).toEqual([
    { tailnum: 'N1', from: at(0, 5), until: at(6, 5), legs: 2, delay: 10 },
    { tailnum: 'N1', from: at(12, 6), until: at(12, 6), legs: 1, delay: 6 },
  ])
})

test('a flight that left late joins what was apart before it came', () => {
  const flow = put(flightAt(10), flightAt(1), flightAt(5, { dep_delay: 60 }))
  flow.end()
  expect(flow.take(rotationsByTail).map(({ value }) => value)).toEqual([
    { tailnum: 'N1', from: at(1), until: at(10), legs: 3, delay: 60 },
  ])
})

test('a rotation comes out once time is 22 hours and the gap beyond it, and not again', () => {
  const flow = put(flightAt(0), flightAt(28, { tailnum: 'N2' }))
  expect(flow.take(rotationsByTail)).toEqual([])
  flow.put(flights, flightAt(29, { tailnum: 'N2' }), { key: 'N2' })
  expect(flow.take(rotationsByTail).map(({ key }) => key)).toEqual(['N1'])
  flow.end()
  expect(flow.take(rotationsByTail).map(({ key }) => key)).toEqual(['N2'])
})

test('flights without a tail number and cancelled ones are put aside, none is lost', () => {
  const cancelled = { dep_time: null, dep_delay: null }
  const flow = put(flightAt(1), flightAt(2, { tailnum: null, ...cancelled }), flightAt(3, cancelled))
  flow.end()
  expect(flow.take(flightsWithoutTail).map(({ value }) => value.flight)).toEqual([2])
  expect(flow.take(cancelledFlights).map(({ value }) => value.flight)).toEqual([3])
  expect(flow.take(rotationsByTail).map(({ value }) => value.legs)).toEqual([1])
})

test('a worker that is killed has lost nothing', () => {
  const flow = put(flightAt(0), flightAt(4))
  flow.restart()
  flow.put(flights, flightAt(8), { key: 'N1' })
  flow.end()
  expect(flow.take(rotationsByTail).map(({ value }) => value.legs)).toEqual([3])
})
