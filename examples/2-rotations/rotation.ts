/** What the topology of rotations counts and writes. */
import { z } from 'zod'
import type { Flight } from '../1-flights/flight.ts'

const whole = z.number().int()

/** The running sum of a rotation. Whole minutes, so that no order of adding changes it. */
export const Legs = z.object({ legs: whole, delay: whole })
export type Legs = z.infer<typeof Legs>

/** A result: departures of one aircraft from New York, each at most six hours after the one before it. */
export const Rotation = z.object({
  tailnum: z.string(),
  /** First and last departure, UTC. */
  from: z.string(),
  until: z.string(),
  legs: whole,
  /** Of all its departures together, in minutes; negative: early. */
  delay: whole,
})
export type Rotation = z.infer<typeof Rotation>

/** A flight that left, and whose aircraft is known. */
export type Leg = Flight & { readonly tailnum: string; readonly dep_delay: number }
