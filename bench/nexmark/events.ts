/**
 * Nexmark's events from one seed, so that every engine reads the same bytes. Constants are those of nexmark/nexmark with
 * its defaults; its addresses are not seeded, ours are.
 */
import { type Random, seededRandom } from '../../scripts/tools/world.ts'
import { drawAuction } from './generator/auctions.ts'
import { type Channels, drawBid, drawChannels } from './generator/bids.ts'
import { drawPadding } from './generator/draws.ts'
import { drawPerson } from './generator/persons.ts'
import { perRound } from './generator/places.ts'
import type { NexmarkEvent } from './model.ts'

export const seed = 20_130_101
/** Events a second of event time. */
export const eventsPerSecond = 10_000
export const firstTime: number = Date.UTC(2026, 0, 1)

export interface EventOptions {
  /** The time of the first event. */
  readonly from?: number
  /** Of event time: small ones make a few events last for many windows. */
  readonly perSecond?: number
}

interface Source {
  readonly random: Random
  readonly padding: string
  readonly channels: Channels
  timeOf(number: number): number
}

/**
 * `count` events in the order of their event time: 1 in 50 a person, 3 an auction, 46 a bid.
 * @example for (const { topic, id, time, value } of generateEvents(1_000_000)) …
 */
export function* generateEvents(count: number, options: EventOptions = {}): Generator<NexmarkEvent, void, undefined> {
  const source = openSource(options)
  for (let number = 0; number < count; number++) yield drawEvent(source, number)
}

function openSource({ from = firstTime, perSecond = eventsPerSecond }: EventOptions): Source {
  const random = seededRandom(seed)
  const timeOf = (number: number): number => from + Math.floor((number * 1000) / perSecond)
  return { random, padding: drawPadding(random), channels: drawChannels(random), timeOf }
}

function drawEvent({ random, padding, channels, timeOf }: Source, number: number): NexmarkEvent {
  const place = number % perRound.events
  const time = timeOf(number)
  if (place < perRound.persons) {
    const value = drawPerson(random, padding, number, time)
    return { topic: 'persons', id: value.id, time, value }
  }
  if (place < perRound.persons + perRound.auctions) {
    const value = drawAuction(random, padding, number, timeOf)
    return { topic: 'auctions', id: value.id, time, value }
  }
  const value = drawBid(random, padding, channels, number, time)
  return { topic: 'bids', id: value.auction, time, value }
}

/** How many of `count` events a topic gets. @example countOf('bids', 50) // 46 */
export function countOf(topic: NexmarkEvent['topic'], count: number): number {
  const rounds = Math.floor(count / perRound.events)
  const rest = count % perRound.events
  const before = { persons: 0, auctions: perRound.persons, bids: perRound.persons + perRound.auctions }[topic]
  return rounds * perRound[topic] + Math.min(Math.max(rest - before, 0), perRound[topic])
}
