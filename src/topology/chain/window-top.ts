/** The best values of a window as a fold: its sum is the list of them, with what decides between equals. */
import { MillraceError } from '../../faults.ts'
import { json } from '../../serde/json.ts'
import type { Serde } from '../../serde/serde.ts'
import type { AggregateRequest } from '../fold.ts'
import type { RankedEntry } from '../nodes/tables.ts'
import type { RecordContext } from '../nodes.ts'
import { rankingSerde } from '../tables/serdes.ts'

export interface WindowTopOptions {
  readonly compare: (one: unknown, other: unknown) => number
  readonly value?: Serde<unknown>
}

/** @throws MillraceError MR1003 for a count that is no whole number from 1 */
export function topRequest(
  name: string,
  count: number,
  { compare, value = json() }: WindowTopOptions,
): AggregateRequest {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new MillraceError('fatal', { code: 'MR1003', what: `The ranking ${name} can't have ${count} places` })
  }
  return {
    as: rankingSerde(value),
    start: [],
    add: (entries, next, context) =>
      withBest(entries as readonly RankedEntry[], entryOf(next, context), count, compare),
    show: (entries) => (entries as readonly RankedEntry[]).map((entry) => entry.value),
  }
}

function withBest(
  entries: readonly RankedEntry[],
  entry: RankedEntry,
  count: number,
  compare: WindowTopOptions['compare'],
): readonly RankedEntry[] {
  const at = entries.findIndex((other) => isBetter(entry, other, compare))
  const place = at < 0 ? entries.length : at
  return place >= count ? entries : entries.toSpliced(place, 0, entry).slice(0, count)
}

/** Of equal values the earlier one, then by where they lay. */
function isBetter(one: RankedEntry, other: RankedEntry, compare: WindowTopOptions['compare']): boolean {
  const order = compare(one.value, other.value) || one.time - other.time || Buffer.compare(one.place, other.place)
  return order < 0
}

const partitionBytes = 4
const offsetBytes = 8

function entryOf(value: unknown, { time, topic, partition, offset }: RecordContext): RankedEntry {
  const place = Buffer.alloc(partitionBytes + offsetBytes)
  place.writeInt32BE(partition, 0)
  place.writeDoubleBE(Math.max(0, offset), partitionBytes)
  return { value, time, place: Buffer.concat([Buffer.from(`${topic ?? ''}\0`), place]) }
}
