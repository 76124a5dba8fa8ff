/**
 * Departure delays of New York's airports by the hour, from flights that arrive up to 22 hours out of order.
 * `millrace run examples/1-flights/topology.ts`
 */
import {
  deadLetter,
  from,
  globalTable,
  json,
  nullable,
  otherwise,
  parseDuration,
  type Topology,
  text,
  topic,
  topology,
  tumbling,
  type Window,
} from '../../src/index.ts'
import { Airline, Departures, departure, Flight, NamedFlight, OriginHour, scheduled } from './flight.ts'

export const flights = topic('flights', { key: nullable(text), value: json(Flight) })
export const airlines = globalTable('airlines', { value: json(Airline) }) // compacted topic, a whole copy in each worker
export const cancelledFlights = topic('flights.cancelled', { key: nullable(text), value: json(Flight) })
export const lateFlights = topic('flights.late', { key: text, value: json(NamedFlight) })
export const departuresByOriginHour = topic('flights.departures-by-origin-hour', { key: text, value: json(OriginHour) })

/** The data's own bound is 21.8 hours: with 22 nothing is late. */
const outOfOrderness = parseDuration(process.env.FLIGHTS_OUT_OF_ORDERNESS ?? '22h') ?? { hours: 22 }

const none: Departures = { flights: 0, totalDelay: 0, maxDelay: Number.MIN_SAFE_INTEGER }

/** Adds a flight to an hour. A fold must be pure: it returns a new sum. */
function addFlight(sum: Departures, flight: NamedFlight): Departures {
  const delay = flight.dep_delay ?? 0
  return {
    flights: sum.flights + 1,
    totalDelay: sum.totalDelay + delay,
    maxDelay: Math.max(sum.maxDelay, delay),
  }
}

function originHour(origin: string, window: Window, sum: Departures): OriginHour {
  const meanDelay = sum.totalDelay / sum.flights
  return { origin, hour: window.start.toISOString(), flights: sum.flights, meanDelay, maxDelay: sum.maxDelay }
}

const { cancelled, departed } = from(flights, {
  timestamp: (flight) => departure(flight) ?? scheduled(flight), // event time is set at the source, nowhere else
  outOfOrderness,
  onFailure: [deadLetter('flights')], // what can't be decoded: topic flights.dlq.flights
}).branch({ cancelled: (flight) => flight.dep_time === null, departed: otherwise })

const hours = departed
  .lookup(
    airlines,
    (flight) => flight.carrier,
    (flight, airline) => ({ ...flight, airline: airline?.name ?? null }),
  )
  .keyBy('by-origin', (flight) => flight.origin) // topic flights.by-origin.repartition
  .window(tumbling({ hours: 1 }))
  .aggregate('departures', { as: json(Departures), start: none, add: addFlight })

export const flightsByHour: Topology = topology(
  'flights',
  cancelled.to(cancelledFlights),
  hours.map((sum, { key, window }) => originHour(key, window, sum)).to(departuresByOriginHour),
  hours.late.map(({ value }) => value).to(lateFlights),
)
