/** The outputs of the topology beside what SQL says. */
import { compareRows, complaintsAbout } from '../stage/compare.ts'
import type { Findings } from '../stage/example.ts'
import type { Expected, FlightName } from './expected.ts'
import type { Rotation } from './rotation.ts'

/** What the output topics hold. Flights may have more columns than their names. */
export type Outputs = Expected

const glimpses = 5

/** Every row of every output is compared; nothing may be missing, doubled, different or made up. */
export function judge(expected: Expected, { rotations, cancelled, withoutTail }: Outputs): Findings {
  const legs = rotations.reduce((sum, rotation) => sum + rotation.legs, 0)
  return {
    counts: {
      flights: legs + cancelled.length + withoutTail.length,
      rotations: rotations.length,
      legs,
      cancelled: cancelled.length,
      withoutTailNumber: withoutTail.length,
    },
    complaints: [
      ...complaintsAbout('rotations', compareRows(expected.rotations, rotations, nameOfRotation)),
      ...complaintsAbout('cancelled flights', compareFlights(expected.cancelled, cancelled)),
      ...complaintsAbout('flights without a tail number', compareFlights(expected.withoutTail, withoutTail)),
    ],
    glimpse: ['Aircraft that came back most often', ...busiest(rotations).map(line)],
  }
}

function compareFlights(expected: readonly FlightName[], actual: readonly FlightName[]) {
  return compareRows(expected, actual.map(toName), nameOfFlight)
}

function toName({ time_hour, carrier, flight }: FlightName): FlightName {
  return { time_hour, carrier, flight }
}

function nameOfFlight({ time_hour, carrier, flight }: FlightName): string {
  return `${time_hour} ${carrier} ${flight}`
}

function nameOfRotation({ tailnum, from }: Rotation): string {
  return `${tailnum} ${from}`
}

function busiest(rotations: readonly Rotation[]): Rotation[] {
  const byLegs = (one: Rotation, other: Rotation): number => other.legs - one.legs || other.delay - one.delay
  return rotations.toSorted(byLegs).slice(0, glimpses)
}

function line({ tailnum, from, until, legs, delay }: Rotation): string {
  return `${tailnum.padEnd(6)}  ${from.slice(0, 16)} to ${until.slice(0, 16)}  ${legs} departures, ${delay} minutes late in all`
}
