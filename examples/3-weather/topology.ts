/**
 * Every flight with the weather it left in and the plane it left with.
 * `millrace run examples/3-weather/topology.ts`
 */
import {
  from,
  globalTable,
  json,
  nullable,
  type Topology,
  text,
  topic,
  topology,
  versionedTable,
} from '../../src/index.ts'
import { departure, Flight, scheduled } from '../1-flights/flight.ts'
import { FlightInWeather, isValid, Plane, Weather } from './conditions.ts'

export const flights = topic('flights', { key: nullable(text), value: json(Flight) })
export const planes = globalTable('planes', { value: json(Plane) }) // by tail number, a whole copy in each worker
export const weather = versionedTable('weather', { value: json(Weather), history: { days: 2 } }) // by airport
export const flightsInWeather = topic('flights.in-weather', { key: text, value: json(FlightInWeather) })

export const weatherOfFlights: Topology = topology(
  'weather-of-flights',
  from(flights, {
    timestamp: (flight) => departure(flight) ?? scheduled(flight),
    outOfOrderness: { hours: 22 }, // the data's own bound is 21.8 hours
  })
    .lookup(
      planes,
      (flight) => flight.tailnum,
      (flight, plane) => ({ ...flight, plane: plane ?? null }),
    )
    .keyBy('by-origin', (flight) => flight.origin) // topic weather-of-flights.by-origin.repartition
    .leftJoin(
      from(weather),
      (flight, report, { time }) => ({ ...flight, weather: report && isValid(report, time) ? report : null }),
      { name: 'awaiting-weather', grace: { hours: 3 } }, // reports come up to three hours late
    )
    .to(flightsInWeather),
)
