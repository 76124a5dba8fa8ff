/** The second, independent route: gaps and islands in SQL over the CSV. It shares no code with the topology. */
import { query } from '../stage/sql.ts'
import type { Rotation } from './rotation.ts'

/** These three columns name one flight in the file. */
export interface FlightName {
  readonly time_hour: string
  readonly carrier: string
  readonly flight: number
}

/** What the output topics must hold. */
export interface Expected {
  readonly rotations: readonly Rotation[]
  readonly cancelled: readonly FlightName[]
  readonly withoutTail: readonly FlightName[]
}

const source = `read_csv($flights, nullstr = 'NA', types = {'time_hour': 'VARCHAR'})`

// A departure more than six hours after the one before it starts an island. Six hours sharp belong together.
const rotationsQuery = `
  WITH flown AS (
    SELECT tailnum, dep_delay, strptime(time_hour, '%Y-%m-%dT%H:%M:%SZ') + to_minutes(minute + dep_delay) AS departure
    FROM ${source} WHERE dep_time IS NOT NULL AND tailnum IS NOT NULL),
  gaps AS (
    SELECT *, departure - lag(departure) OVER aircraft > INTERVAL 6 HOURS AS rested
    FROM flown WINDOW aircraft AS (PARTITION BY tailnum ORDER BY departure)),
  islands AS (
    SELECT *, count(*) FILTER (rested) OVER aircraft AS island
    FROM gaps WINDOW aircraft AS (PARTITION BY tailnum ORDER BY departure))
  SELECT tailnum, epoch_ms(min(departure)), epoch_ms(max(departure)), count(*), sum(dep_delay)::BIGINT
  FROM islands GROUP BY tailnum, island`

const cancelledQuery = `SELECT time_hour, carrier, flight FROM ${source} WHERE dep_time IS NULL AND tailnum IS NOT NULL`
const withoutTailQuery = `SELECT time_hour, carrier, flight FROM ${source} WHERE tailnum IS NULL`

/** @example const { rotations } = await expectedOf(flightsFile) */
export async function expectedOf(flights: string): Promise<Expected> {
  const rotations = await query(rotationsQuery, { flights })
  return {
    rotations: rotations.map(([tailnum, from, until, legs, delay]) => ({
      tailnum: String(tailnum),
      from: new Date(Number(from)).toISOString(),
      until: new Date(Number(until)).toISOString(),
      legs: Number(legs),
      delay: Number(delay),
    })),
    cancelled: await names(cancelledQuery, flights),
    withoutTail: await names(withoutTailQuery, flights),
  }
}

async function names(sql: string, flights: string): Promise<FlightName[]> {
  const rows = await query(sql, { flights })
  return rows.map(([time_hour, carrier, flight]) => ({
    time_hour: String(time_hour),
    carrier: String(carrier),
    flight: Number(flight),
  }))
}
