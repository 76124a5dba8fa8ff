/** The input of a run: which record is written when, and where to. */
import { murmur2 } from '../../kafka/murmur2.ts'
import { type Random, randomInteger } from '../../random.ts'
import type { Feed } from './feed.ts'
import type { PlannedRecord } from './producer.ts'

export interface InputPlan {
  readonly feeds: readonly Feed[]
  readonly records: number
  /** Virtual times. */
  readonly from: number
  readonly to: number
  /** By topic. */
  readonly partitions: ReadonlyMap<string, number>
  readonly random: Random
}

/** Draws a feed for each record by the shares, spreads them over the time, and lets feeds make them. */
export function planInput({ feeds, records, from, to, partitions, random }: InputPlan): PlannedRecord[] {
  const counts = new Map<Feed, number>()
  const planned: PlannedRecord[] = []
  const total = feeds.reduce((sum, { share }) => sum + share, 0)
  for (let index = 0; index < records; index++) {
    const chosen = choose(feeds, random.next() * total)
    const isFirst = chosen.topic.kind === 'global-table'
    const at = isFirst ? from : from + (index * (to - from)) / records
    const count = counts.get(chosen) ?? 0
    counts.set(chosen, count + 1)
    const { key, value, headers, time, partition } = chosen.record({ index: count, random, now: Math.floor(at) })
    const place = partition ?? placeOf(key, partitions.get(chosen.topic.name)!, random)
    planned.push({ at, topic: chosen.topic.name, partition: place, key, value, headers, timestamp: time })
  }
  return planned.sort((one, other) => one.at - other.at)
}

function choose(feeds: readonly Feed[], drawn: number): Feed {
  let left = drawn
  for (const each of feeds) {
    left -= each.share
    if (left < 0) return each
  }
  return feeds.at(-1)!
}

function placeOf(key: Buffer | null, partitions: number, random: Random): number {
  return key === null ? randomInteger(random, 0, partitions - 1) : (murmur2(key) & 0x7fffffff) % partitions
}
