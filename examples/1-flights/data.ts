/** The files of `data/` as typed rows. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { zstdDecompressSync } from 'node:zlib'
import type { Flight } from './flight.ts'

export const flightsFile: string = fileURLToPath(new URL('data/flights.csv.zst', import.meta.url))
export const airlinesFile: string = fileURLToPath(new URL('data/airlines.csv', import.meta.url))

/** A row of `airlines.csv`. */
export interface AirlineRow {
  readonly carrier: string
  readonly name: string
}

const missing = 'NA'
const minuteMilliseconds = 60_000

/**
 * All flights in order of scheduled departure, those of one minute in the order of the file. Rows become objects one by
 * one, as they are asked for.
 * @example for (const flight of readFlights()) await send(flight)
 */
export function* readFlights(file: string = flightsFile): Generator<Flight, void, undefined> {
  const bytes = file.endsWith('.zst') ? zstdDecompressSync(readFileSync(file)) : readFileSync(file)
  const rows = bytes.toString('latin1').trimEnd().split('\n').slice(1)
  for (const index of inScheduledOrder(rows)) yield parseFlight(rows[index] as string)
}

export function readAirlines(file: string = airlinesFile): AirlineRow[] {
  const rows = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1)
  return rows.map((row) => ({ carrier: row.slice(0, row.indexOf(',')), name: row.slice(row.indexOf(',') + 1) }))
}

/** Row numbers, sorted. Time and row number share one exact number, so that a sort of numbers keeps ties in order. */
function inScheduledOrder(rows: readonly string[]): Float64Array {
  const scheduled = scheduledTimes()
  const keys = Float64Array.from(rows, (row, index) => scheduled(row) * rows.length + index)
  return keys.sort().map((key) => key % rows.length)
}

/** Minutes since 1970. The year has far fewer hours than flights: each is parsed once. */
function scheduledTimes(): (row: string) => number {
  const hours = new Map<string, number>()
  return (row) => {
    const hourStart = row.lastIndexOf(',') + 1
    const hour = row.slice(hourStart)
    let minutes = hours.get(hour)
    if (minutes === undefined) {
      minutes = Date.parse(hour) / minuteMilliseconds
      hours.set(hour, minutes)
    }
    return minutes + Number(row.slice(row.lastIndexOf(',', hourStart - 2) + 1, hourStart - 1))
  }
}

function parseFlight(row: string): Flight {
  const cells = row.split(',')
  const text = (column: number): string => cells[column] as string
  const number = (column: number): number => Number(cells[column])
  const optional = (column: number): number | null => (cells[column] === missing ? null : Number(cells[column]))
  return {
    year: number(0),
    month: number(1),
    day: number(2),
    dep_time: optional(3),
    sched_dep_time: number(4),
    dep_delay: optional(5),
    arr_time: optional(6),
    sched_arr_time: number(7),
    arr_delay: optional(8),
    carrier: text(9),
    flight: number(10),
    tailnum: cells[11] === missing ? null : text(11),
    origin: text(12),
    dest: text(13),
    air_time: optional(14),
    distance: number(15),
    hour: number(16),
    minute: number(17),
    time_hour: text(18),
  }
}
