/** The second, independent route to the same result: SQL over the CSV. It shares no code with the topology. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { flightsFile } from './data.ts'
import type { OriginHour } from './flight.ts'

/** These three columns name one flight in the file. */
export interface FlightName {
  readonly time_hour: string
  readonly carrier: string
  readonly flight: number
}

export interface Comparison {
  /** Rows that are there once and have the expected values. */
  readonly equal: number
  readonly missing: readonly OriginHour[]
  /** Rows that came again: each further copy is listed. */
  readonly doubled: readonly OriginHour[]
  readonly different: readonly { readonly expected: OriginHour; readonly actual: OriginHour }[]
  /** Rows that nobody expected. */
  readonly unexpected: readonly OriginHour[]
}

// Delays are whole minutes: their sum is exact, and the one division is the same in any language.
const hoursQuery = `
  SELECT origin, epoch_ms(date_trunc('hour', departure)) AS hour,
         count(*) AS flights, sum(dep_delay)::BIGINT AS delay, max(dep_delay) AS maxDelay
  FROM (
    SELECT *, strptime(time_hour, '%Y-%m-%dT%H:%M:%SZ') + to_minutes(minute + dep_delay) AS departure
    FROM read_csv($file, nullstr = 'NA', types = {'time_hour': 'VARCHAR'}) AS flights
    WHERE dep_time IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM late WHERE late.time_hour = flights.time_hour
                        AND late.carrier = flights.carrier AND late.flight = flights.flight))
  GROUP BY ALL ORDER BY ALL`

/**
 * What the output topic must hold: departures by origin and hour of the real departure, without the late ones.
 * @example const comparison = compareRows(await expectedHours(late), rowsOfTheTopic)
 */
export async function expectedHours(
  late: Iterable<FlightName> = [],
  file: string = flightsFile,
): Promise<OriginHour[]> {
  const database = await DuckDBInstance.create(':memory:')
  const connection = await database.connect()
  try {
    await insertLate(connection, late)
    const found = await connection.runAndReadAll(hoursQuery, { file })
    return found.getRows().map(([origin, hour, flights, delay, maxDelay]) => ({
      origin: String(origin),
      hour: new Date(Number(hour)).toISOString(),
      flights: Number(flights),
      meanDelay: Number(delay) / Number(flights),
      maxDelay: Number(maxDelay),
    }))
  } finally {
    connection.closeSync()
    database.closeSync()
  }
}

async function insertLate(connection: DuckDBConnection, late: Iterable<FlightName>): Promise<void> {
  await connection.run('CREATE TABLE late (time_hour VARCHAR, carrier VARCHAR, flight BIGINT)')
  const appender = await connection.createAppender('late')
  for (const { time_hour, carrier, flight } of late) {
    appender.appendVarchar(time_hour)
    appender.appendVarchar(carrier)
    appender.appendBigInt(BigInt(flight))
    appender.endRow()
  }
  appender.closeSync()
}

/** Row by row, in any order. */
export function compareRows(expected: readonly OriginHour[], actual: readonly OriginHour[]): Comparison {
  const wanted = new Map(expected.map((row) => [nameOf(row), row]))
  const seen = new Set<string>()
  const doubled: OriginHour[] = []
  const different: { expected: OriginHour; actual: OriginHour }[] = []
  const unexpected: OriginHour[] = []
  for (const row of actual) {
    const name = nameOf(row)
    const other = wanted.get(name)
    if (other === undefined) unexpected.push(row)
    else if (seen.has(name)) doubled.push(row)
    else if (!isSame(other, row)) different.push({ expected: other, actual: row })
    seen.add(name)
  }
  const missing = expected.filter((row) => !seen.has(nameOf(row)))
  const equal = expected.length - missing.length - different.length
  return { equal, missing, doubled, different, unexpected }
}

/** True when every row is equal and none is missing, doubled or unexpected. */
export function isVerified({ equal, missing, doubled, different, unexpected }: Comparison): boolean {
  return equal > 0 && [missing, doubled, different, unexpected].every((rows) => rows.length === 0)
}

function nameOf({ origin, hour }: OriginHour): string {
  return `${origin} ${hour}`
}

function isSame(one: OriginHour, other: OriginHour): boolean {
  return one.flights === other.flights && one.meanDelay === other.meanDelay && one.maxDelay === other.maxDelay
}
