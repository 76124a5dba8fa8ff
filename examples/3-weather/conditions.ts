/** What stands beside a flight: the weather when it left, and the plane it left with. */
import { z } from 'zod'
import { Flight } from '../1-flights/flight.ts'

const text = z.string()
const whole = z.number().int().nullable()
const fraction = z.number().nullable()

/** A report of an airport's weather, valid for an hour from `time_hour` on. Null: not measured. */
export const Weather = z.object({
  /** UTC: `2013-01-01T10:00:00Z`. */
  time_hour: text,
  /** °F. */
  temp: fraction,
  dewp: fraction,
  /** Percent. */
  humid: fraction,
  /** Degrees. */
  wind_dir: whole,
  /** Miles per hour. */
  wind_speed: fraction,
  wind_gust: fraction,
  /** Inches. */
  precip: fraction,
  /** Millibars. */
  pressure: fraction,
  /** Miles. */
  visib: fraction,
})
export type Weather = z.infer<typeof Weather>

/** A plane of the register. Null: not known. */
export const Plane = z.object({
  /** Of manufacture. */
  year: whole,
  type: text,
  manufacturer: text,
  model: text,
  engines: whole,
  seats: whole,
  /** Cruising, miles per hour. */
  speed: whole,
  engine: text,
})
export type Plane = z.infer<typeof Plane>

/** A flight whose plane was looked for; null: the register doesn't have it. */
export const FlightWithPlane = Flight.extend({ plane: Plane.nullable() })

/** A result; the weather is null where nothing was reported for the hour. */
export const FlightInWeather = FlightWithPlane.extend({ weather: Weather.nullable() })
export type FlightInWeather = z.infer<typeof FlightInWeather>

const hourMilliseconds = 3_600_000

/** True while a report holds: the next one may be missing. */
export function isValid(report: Weather, time: number): boolean {
  return time < Date.parse(report.time_hour) + hourMilliseconds
}
