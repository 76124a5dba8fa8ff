/** The flights of 2013 as the input of a topology. */
import type { Kafka } from '../../scripts/tools/client.ts'
import { readFlights } from '../1-flights/data.ts'
import { type Flight, scheduled } from '../1-flights/flight.ts'
import { fill, type Row } from './fill.ts'

/**
 * Writes all flights, keyed by tail number, in the order of their scheduled departure: by the time they really departed
 * they are up to 21.8 hours out of order.
 */
export async function fillFlights(kafka: Kafka, topic: string): Promise<void> {
  await fill(kafka, topic, rowsOf(readFlights()))
}

function* rowsOf(flights: Iterable<Flight>): Generator<Row> {
  for (const flight of flights) yield { key: flight.tailnum, value: flight, time: scheduled(flight) }
}
