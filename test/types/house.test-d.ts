/** The examples of the README, as the compiler sees them. */
import { z } from 'zod'
import {
  deadLetter,
  from,
  globalTable,
  json,
  nullable,
  otherwise,
  run,
  text,
  topic,
  topology,
  tumbling,
} from '../../src/index.ts'
import { kafkajs } from '../../src/kafka/kafkajs/index.ts'
import { avro } from '../../src/serde/registry/avro.ts'

const WordCount = z.object({ word: z.string(), since: z.string(), count: z.number() })
const lines = topic('lines', { value: text })
const counts = topic('word-counts', { value: json(WordCount) })

export const wordCount = topology(
  'word-count',
  from(lines)
    .flatMap((line) => line.toLowerCase().match(/\p{Letter}+/gu) ?? [])
    .keyBy('word', (word) => word)
    .window(tumbling({ minutes: 1 }, { grace: { seconds: 10 } }))
    .count('words-per-minute')
    .map((count, { key, window }) => ({ word: key, since: window.start.toISOString(), count }))
    .to(counts),
)

const Flight = z.object({
  carrier: z.string(),
  origin: z.string(),
  dep_time: z.number().nullable(),
  dep_delay: z.number().nullable(),
  scheduled: z.number(),
})
type Flight = z.infer<typeof Flight>
const Airline = z.object({ name: z.string() })
const Departures = z.object({ flights: z.number(), delay: z.number(), worst: z.number() })
type Departures = z.infer<typeof Departures>

const none: Departures = { flights: 0, delay: 0, worst: 0 }
const addFlight = (sum: Departures, flight: Flight): Departures => {
  const delay = flight.dep_delay ?? 0
  return { flights: sum.flights + 1, delay: sum.delay + delay, worst: Math.max(sum.worst, delay) }
}
const originHour = (origin: string, window: { start: Date }, sum: Departures): z.infer<typeof OriginHour> => ({
  origin,
  hour: window.start.toISOString(),
  flights: sum.flights,
})
const OriginHour = z.object({ origin: z.string(), hour: z.string(), flights: z.number() })

const flightsTopic = topic('flights', { key: nullable(text), value: json(Flight) })
const airlines = globalTable('airlines', { value: json(Airline) })
const cancelledFlights = topic('flights.cancelled', { value: json(Flight) })
const lateFlights = topic('flights.late', { value: json(Flight.extend({ airline: z.string().optional() })) })
const departuresByOriginHour = topic('flights.departures-by-origin-hour', { value: json(OriginHour) })

const { cancelled, departed } = from(flightsTopic, {
  timestamp: (flight) => flight.scheduled + (flight.dep_delay ?? 0) * 60_000,
  outOfOrderness: { hours: 22 },
  onFailure: [deadLetter('flights')],
}).branch({ cancelled: (flight) => flight.dep_time === null, departed: otherwise })

const hours = departed
  .lookup(
    airlines,
    (flight) => flight.carrier,
    (flight, airline) => ({ ...flight, airline: airline?.name }),
  )
  .keyBy('by-origin', (flight) => flight.origin)
  .window(tumbling({ hours: 1 }))
  .aggregate('departures', { as: json(Departures), start: none, add: addFlight })

export const flights = topology(
  'flights',
  cancelled.to(cancelledFlights),
  hours.map((sum, { key, window }) => originHour(key, window, sum)).to(departuresByOriginHour),
  hours.late.map(({ value }) => value).to(lateFlights),
)

export async function secure(brokers: string[], ca: string, username: string, password: string): Promise<void> {
  await run(wordCount, { brokers, kafka: { ssl: { ca }, sasl: { mechanism: 'scram-sha-512', username, password } } })
  await run(wordCount, { kafka: kafkajs({ brokers }), guarantee: 'at-least-once' })
}

const Order = { type: 'record', name: 'Order', fields: [{ name: 'total', type: 'double' }] } as const
const orders = topic('orders', { value: avro({ registry: 'http://localhost:8081', schema: Order }) })
export const totals = from(orders).map(({ total }): number => total)
