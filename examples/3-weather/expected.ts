/** The second, independent route: an ASOF JOIN in SQL over the CSVs. It shares no code with the topology. */
import { type Cell, query } from '../stage/sql.ts'
import type { FlightInWeather, Plane, Weather } from './conditions.ts'

/** Of a result, what is compared: which flight it is, and all that was joined. */
export type Joined = Pick<
  FlightInWeather,
  'time_hour' | 'carrier' | 'flight' | 'origin' | 'tailnum' | 'dep_delay' | 'weather' | 'plane'
>

export interface Files {
  readonly flights: string
  readonly weather: string
  readonly planes: string
}

const ofWeather: readonly (keyof Weather)[] = [
  'time_hour',
  'temp',
  'dewp',
  'humid',
  'wind_dir',
  'wind_speed',
  'wind_gust',
  'precip',
  'pressure',
  'visib',
]
const ofPlane: readonly (keyof Plane)[] = [
  'year',
  'type',
  'manufacturer',
  'model',
  'engines',
  'seats',
  'speed',
  'engine',
]

// A report holds for an hour: a flight that finds an older one found none.
const joinedQuery = `
  WITH flights AS (
    SELECT *, strptime(time_hour, '%Y-%m-%dT%H:%M:%SZ') + to_minutes(minute + coalesce(dep_delay, 0)) AS departure
    FROM read_csv($flights, nullstr = 'NA', types = {'time_hour': 'VARCHAR'})),
  weather AS (
    SELECT *, strptime(time_hour, '%Y-%m-%dT%H:%M:%SZ') AS start
    FROM read_csv($weather, nullstr = 'NA', types = {'time_hour': 'VARCHAR'})),
  planes AS (SELECT * FROM read_csv($planes, nullstr = 'NA'))
  SELECT flights.time_hour, carrier, flight, flights.origin, flights.tailnum, dep_delay,
         start IS NOT NULL AND departure < start + INTERVAL 1 HOUR, planes.tailnum IS NOT NULL,
         ${[...ofWeather.map((column) => `weather.${column}`), ...ofPlane.map((column) => `planes.${column}`)]}
  FROM flights
  ASOF LEFT JOIN weather ON flights.origin = weather.origin AND flights.departure >= weather.start
  LEFT JOIN planes ON flights.tailnum = planes.tailnum`

/** What the output topic must hold. @example const rows = await expectedJoins({ flights, weather, planes }) */
export async function expectedJoins(files: Files): Promise<Joined[]> {
  const rows = await query(joinedQuery, { ...files })
  return rows.map(([time_hour, carrier, flight, origin, tailnum, dep_delay, hasWeather, hasPlane, ...cells]) => ({
    time_hour: String(time_hour),
    carrier: String(carrier),
    flight: Number(flight),
    origin: String(origin),
    tailnum: tailnum as string | null,
    dep_delay: dep_delay as number | null,
    weather: hasWeather ? (objectOf(ofWeather, cells) as Weather) : null,
    plane: hasPlane ? (objectOf(ofPlane, cells.slice(ofWeather.length)) as Plane) : null,
  }))
}

function objectOf(columns: readonly string[], cells: readonly Cell[]): unknown {
  return Object.fromEntries(columns.map((column, index) => [column, cells[index]]))
}
