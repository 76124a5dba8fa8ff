/** The output of the topology beside what SQL says. */
import { compareRows, complaintsAbout } from '../stage/compare.ts'
import type { Findings } from '../stage/example.ts'
import type { Joined } from './expected.ts'

/** Upper bounds of visibility, miles, and what one sees. */
const sights: readonly (readonly [below: number, what: string])[] = [
  [1, 'less than a mile'],
  [3, '1 to 3 miles'],
  [10, '3 to 10 miles'],
  [Number.POSITIVE_INFINITY, '10 miles or more'],
]

/** Every row is compared; none may be missing, doubled, different or made up. */
export function judge(expected: readonly Joined[], actual: readonly Joined[]): Findings {
  return {
    counts: {
      flights: actual.length,
      withWeather: actual.filter(({ weather }) => weather !== null).length,
      withPlane: actual.filter(({ plane }) => plane !== null).length,
    },
    complaints: complaintsAbout('flights', compareRows(expected, actual.map(toJoined), nameOf)),
    glimpse: ['Mean delay of departures by what one could see', ...bySight(actual)],
  }
}

/** A result has more columns of its flight. */
function toJoined({ time_hour, carrier, flight, origin, tailnum, dep_delay, weather, plane }: Joined): Joined {
  return { time_hour, carrier, flight, origin, tailnum, dep_delay, weather, plane }
}

function nameOf({ time_hour, carrier, flight }: Joined): string {
  return `${time_hour} ${carrier} ${flight}`
}

function bySight(rows: readonly Joined[]): string[] {
  const seen = rows.flatMap(({ weather, dep_delay }) => {
    const visib = weather?.visib ?? null
    return visib === null || dep_delay === null
      ? []
      : [{ sight: sights.findIndex(([below]) => visib < below), dep_delay }]
  })
  return sights.map(([, what], index) => {
    const delays = seen.filter(({ sight }) => sight === index).map(({ dep_delay }) => dep_delay)
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length
    return `${what.padEnd(16)}  ${mean.toFixed(1).padStart(5)} minutes, ${delays.length.toLocaleString('en')} departures`
  })
}
