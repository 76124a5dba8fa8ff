/** `npm run example -- 3`: every flight in its weather, and a check by SQL. See `README.md`. */
import type { Kafka } from '../../scripts/tools/client.ts'
import { flightsFile } from '../1-flights/data.ts'
import { type Example, type Findings, forever } from '../stage/example.ts'
import { fill } from '../stage/fill.ts'
import { fillFlights } from '../stage/flights.ts'
import { readJson } from '../stage/read.ts'
import type { FlightInWeather } from './conditions.ts'
import { planeRows, planesFile, weatherFile, weatherRows } from './data.ts'
import { expectedJoins } from './expected.ts'
import { judge } from './judge.ts'
import { flights, flightsInWeather, planes, weather, weatherOfFlights } from './topology.ts'

export const weatherExample: Example = {
  number: 3,
  topology: weatherOfFlights,
  file: new URL('topology.ts', import.meta.url),
  topics: [
    { name: flights.name, partitions: 6, configs: forever },
    { name: planes.name, partitions: 1, configs: { ...forever, 'cleanup.policy': 'compact' } },
    // Not compacted: every version counts.
    { name: weather.name, partitions: 6, configs: forever },
    { name: flightsInWeather.name, partitions: 6, configs: forever },
  ],
  produce,
  check,
}

async function produce(kafka: Kafka): Promise<void> {
  await fill(kafka, planes.name, planeRows())
  await fill(kafka, weather.name, weatherRows())
  await fillFlights(kafka, flights.name)
}

async function check(kafka: Kafka): Promise<Findings> {
  const expected = await expectedJoins({ flights: flightsFile, weather: weatherFile, planes: planesFile })
  return judge(expected, await readJson<FlightInWeather>(kafka, flightsInWeather.name))
}
