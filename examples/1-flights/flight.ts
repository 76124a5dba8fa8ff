/** What travels through the topology: the schemas of its topics, and the times in a flight. */
import { z } from 'zod'

const text = z.string()
const whole = z.number().int()

/** A row of nycflights13, the columns by their own names. Times of day are hhmm, delays are minutes. */
export const Flight = z.object({
  year: whole,
  month: whole,
  day: whole,
  /** Null: the flight was cancelled. */
  dep_time: whole.nullable(),
  sched_dep_time: whole,
  /** Negative: it left early. */
  dep_delay: whole.nullable(),
  arr_time: whole.nullable(),
  sched_arr_time: whole,
  arr_delay: whole.nullable(),
  carrier: text,
  flight: whole,
  tailnum: text.nullable(),
  origin: text,
  dest: text,
  air_time: whole.nullable(),
  distance: whole,
  hour: whole,
  minute: whole,
  /** The hour of the scheduled departure, UTC: `2013-01-01T10:00:00Z`. */
  time_hour: text,
})
export type Flight = z.infer<typeof Flight>

/** A flight with the name of its airline beside the code. */
export const NamedFlight = Flight.extend({ airline: text.nullable() })
export type NamedFlight = z.infer<typeof NamedFlight>

export const Airline = z.object({ name: text })
export type Airline = z.infer<typeof Airline>

/** The running sum of one airport and hour. Whole minutes, so that no order of adding changes it. */
export const Departures = z.object({ flights: whole, totalDelay: whole, maxDelay: whole })
export type Departures = z.infer<typeof Departures>

/** A result: how late flights left an airport in one hour. */
export const OriginHour = z.object({ origin: text, hour: text, flights: whole, meanDelay: z.number(), maxDelay: whole })
export type OriginHour = z.infer<typeof OriginHour>

const minuteMilliseconds = 60_000

/** Scheduled departure in milliseconds since 1970. */
export function scheduled(flight: Pick<Flight, 'time_hour' | 'minute'>): number {
  return Date.parse(flight.time_hour) + flight.minute * minuteMilliseconds
}

/** Real departure in milliseconds since 1970, or null when the flight was cancelled. */
export function departure(flight: Flight): number | null {
  return flight.dep_delay === null ? null : scheduled(flight) + flight.dep_delay * minuteMilliseconds
}
