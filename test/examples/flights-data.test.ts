import { readFileSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { flightsFile, readAirlines, readFlights } from '../../examples/1-flights/data.ts'
import type { Flight } from '../../examples/1-flights/flight.ts'

const flights: Flight[] = [...readFlights()]

test('every flight of the year is there, with what is missing as null', () => {
  expect(flights).toHaveLength(336_776)
  expect(flights.filter((flight) => flight.dep_time === null)).toHaveLength(8_255)
  expect(flights.filter((flight) => flight.tailnum === null)).toHaveLength(2_512)
  expect(JSON.stringify(flights)).not.toMatch(/"NA"|NaN/)
})

test('in order of scheduled departure, ties as in the file', () => {
  const rows = zstdDecompressSync(readFileSync(flightsFile)).toString().trimEnd().split('\n').slice(1)
  const inFile = rows.map((row) => {
    const cells = row.split(',')
    return {
      name: `${cells[9]} ${cells[10]} ${cells[18]}`,
      time: Date.parse(cells[18] as string) + Number(cells[17]) * 60_000,
    }
  })
  const sorted = inFile.sort((one, other) => one.time - other.time).map(({ name }) => name)
  const read = flights.map(({ carrier, flight, time_hour }) => `${carrier} ${flight} ${time_hour}`)
  expect(read.findIndex((name, index) => name !== sorted[index])).toBe(-1)
})

test('cells have their types', () => {
  expect(flights[0]).toEqual({
    year: 2013,
    month: 1,
    day: 1,
    dep_time: 517,
    sched_dep_time: 515,
    dep_delay: 2,
    arr_time: 830,
    sched_arr_time: 819,
    arr_delay: 11,
    carrier: 'UA',
    flight: 1545,
    tailnum: 'N14228',
    origin: 'EWR',
    dest: 'IAH',
    air_time: 227,
    distance: 1400,
    hour: 5,
    minute: 15,
    time_hour: '2013-01-01T10:00:00Z',
  })
})

test('every carrier has a name', () => {
  const names = new Map(readAirlines().map(({ carrier, name }) => [carrier, name]))
  expect(names.size).toBe(16)
  expect(names.get('UA')).toBe('United Air Lines Inc.')
  expect(flights.filter(({ carrier }) => !names.has(carrier))).toEqual([])
})
