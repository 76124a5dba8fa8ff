/** How much input a work has. */
import { countOf, eventsPerSecond, firstTime } from './nexmark/events.ts'
import type { Specification } from './nexmark/specification.ts'

const bidsOfFifty = 46
const othersOfFifty = 4

/**
 * The number of events among which there are exactly so many bids.
 * @example eventsFor(46) // 50
 */
export function eventsFor(bids: number): number {
  const rest = bids % bidsOfFifty
  return Math.floor(bids / bidsOfFifty) * (bidsOfFifty + othersOfFifty) + (rest === 0 ? 0 : othersOfFifty + rest)
}

/** The records in the topics that a work reads, those of the side input apart. */
export function recordsOf({ inputs }: Pick<Specification, 'inputs'>, events: number): number {
  let records = 0
  for (const name of inputs) if (name !== 'side') records += countOf(name, events)
  return records
}

/** The time of the last of so many events. */
export function lastTimeOf(events: number): number {
  return firstTime + Math.floor(((events - 1) * 1000) / eventsPerSecond)
}
