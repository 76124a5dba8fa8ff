/** What all expectations are made of. Nothing here is shared with the queries: two mistakes must not be the same. */
import type { Auction, Bid, NexmarkEvent, Person } from '../model.ts'

/** A row of a result, by its field names. */
export type ResultRow = Readonly<Record<string, string | number>>

/** The events by kind, in their order. */
export interface House {
  readonly persons: readonly Person[]
  readonly auctions: readonly Auction[]
  readonly bids: readonly Bid[]
  /** The table beside them, by key. */
  readonly side: ReadonlyMap<number, string>
}

export type Expectation = (house: House) => readonly ResultRow[]

/** @example houseOf(generateEvents(1_000), sideRows()) */
export function houseOf(events: Iterable<NexmarkEvent>, side: Iterable<{ key: number; value: string }>): House {
  const house = { persons: [] as Person[], auctions: [] as Auction[], bids: [] as Bid[] }
  for (const { topic, value } of events) (house[topic] as unknown[]).push(value)
  return { ...house, side: new Map([...side].map(({ key, value }) => [key, value])) }
}

/** The start of the window of `size` that holds a time. */
export function windowStart(time: number, size: number): number {
  return time - (time % size)
}

/** Values by what they have in common, in the order in which it came up first. */
export function grouped<K, V>(values: Iterable<V>, keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}

export function utcDay(time: number): string {
  const date = new Date(time)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
}

export function utcMinute(time: number): string {
  const date = new Date(time)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
}
