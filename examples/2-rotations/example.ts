/** `npm run example -- 2`: rotations of every aircraft, and a check by SQL. See `README.md`. */
import type { Kafka } from '../../scripts/tools/client.ts'
import { flightsFile } from '../1-flights/data.ts'
import type { Flight } from '../1-flights/flight.ts'
import { type Example, type Findings, forever } from '../stage/example.ts'
import { fillFlights } from '../stage/flights.ts'
import { readJson } from '../stage/read.ts'
import { expectedOf } from './expected.ts'
import { judge } from './judge.ts'
import type { Rotation } from './rotation.ts'
import { aircraftRotations, cancelledFlights, flights, flightsWithoutTail, rotationsByTail } from './topology.ts'

export const rotationsExample: Example = {
  number: 2,
  topology: aircraftRotations,
  file: new URL('topology.ts', import.meta.url),
  topics: [
    { name: flights.name, partitions: 6, configs: forever },
    { name: flightsWithoutTail.name, partitions: 6, configs: forever },
    { name: cancelledFlights.name, partitions: 6, configs: forever },
    { name: rotationsByTail.name, partitions: 6, configs: forever },
  ],
  produce: (kafka) => fillFlights(kafka, flights.name),
  check,
}

async function check(kafka: Kafka): Promise<Findings> {
  return judge(await expectedOf(flightsFile), {
    rotations: await readJson<Rotation>(kafka, rotationsByTail.name),
    cancelled: await readJson<Flight>(kafka, cancelledFlights.name),
    withoutTail: await readJson<Flight>(kafka, flightsWithoutTail.name),
  })
}
