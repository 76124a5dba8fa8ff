/**
 * How often an aircraft comes back to New York before it rests, and how much delay it gathers.
 * `millrace run examples/2-rotations/topology.ts`
 */
import { from, json, nullable, session, type Topology, text, topic, topology } from '../../src/index.ts'
import { departure, Flight, scheduled } from '../1-flights/flight.ts'
import { type Leg, Legs, Rotation } from './rotation.ts'

export const flights = topic('flights', { key: nullable(text), value: json(Flight) })
export const flightsWithoutTail = topic('flights.without-tail-number', { key: nullable(text), value: json(Flight) })
export const cancelledFlights = topic('flights.cancelled', { key: nullable(text), value: json(Flight) })
export const rotationsByTail = topic('rotations.by-tail-number', { key: text, value: json(Rotation) })

const { withoutTail, cancelled, flown } = from(flights, {
  timestamp: (flight) => departure(flight) ?? scheduled(flight),
  outOfOrderness: { hours: 22 }, // the data's own bound is 21.8 hours
}).branch({
  withoutTail: (flight) => flight.tailnum === null,
  cancelled: (flight) => flight.dep_delay === null,
  flown: (flight): flight is Leg => flight.tailnum !== null && flight.dep_delay !== null,
})

const rotations = flown
  .keyBy('by-tail-number', (leg) => leg.tailnum) // topic rotations.by-tail-number.repartition
  .window(session({ hours: 6 }))
  .aggregate('legs', {
    as: json(Legs),
    start: { legs: 0, delay: 0 },
    add: (sum, leg) => ({ legs: sum.legs + 1, delay: sum.delay + leg.dep_delay }),
    merge: (one, other) => ({ legs: one.legs + other.legs, delay: one.delay + other.delay }),
  })
  .map(({ legs, delay }, { key, window }) => ({
    tailnum: key,
    from: window.start.toISOString(),
    until: window.end.toISOString(),
    legs,
    delay,
  }))

export const aircraftRotations: Topology = topology(
  'rotations',
  withoutTail.to(flightsWithoutTail),
  cancelled.to(cancelledFlights),
  rotations.to(rotationsByTail),
)
