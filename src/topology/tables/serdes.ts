/** How tables write what only they read: versions, changes on their way to another key, rankings. */
import type { Serde } from '../../serde/serde.ts'
import type { Change, Given, RankedEntry } from '../nodes/tables.ts'
import { around, bytesIn, joinParts, partsOf } from './around.ts'

const gone = Uint8Array.of(0)
const hasSubtract = 1
const hasAdd = 2
const timeBytes = 8

/** A version of a row, which may be that there was none. */
export function versionSerde(value: Serde<unknown>): Serde<unknown> {
  return around<unknown>(value, {
    name: 'version',
    write: (version) => (version === null ? gone : Buffer.concat([Uint8Array.of(1), bytesIn(value, version)])),
    read: (inner, bytes, start, end) => (bytes[start] === 0 ? null : inner(bytes, start + 1, end)),
  })
}

/** What a row gave to its group, with the group. */
export function givenSerde(group: Serde<unknown>, value: Serde<unknown>): Serde<unknown> {
  return around<Given>(value, {
    name: 'given',
    write: (given) => joinParts(0, [bytesIn(group, given.group), bytesIn(value, given.value)]),
    read(inner, bytes, start, end) {
      const [name, content] = partsOf(bytes, start, end)
      return {
        group: group.decode(bytes, name!.start, name!.end),
        value: inner(bytes, content!.start, content!.end),
      }
    },
  })
}

/** What a changed row takes from a group and gives to it. */
export function changeSerde(value: Serde<unknown>): Serde<unknown> {
  return around<Change>(value, {
    name: 'change',
    write(change) {
      const lead = ('subtract' in change ? hasSubtract : 0) + ('add' in change ? hasAdd : 0)
      const values = ['subtract', 'add'].flatMap((part) =>
        part in change ? [bytesIn(value, change[part as 'add'])] : [],
      )
      return joinParts(lead, [change.row, ...values])
    },
    read(inner, bytes, start, end) {
      const lead = bytes[start]!
      const [row, first, second] = partsOf(bytes, start, end)
      const add = (lead & hasSubtract) === 0 ? first : second
      return {
        row: Buffer.from(bytes.subarray(row!.start, row!.end)),
        ...((lead & hasSubtract) !== 0 && { subtract: inner(bytes, first!.start, first!.end) }),
        ...((lead & hasAdd) !== 0 && { add: inner(bytes, add!.start, add!.end) }),
      }
    },
  })
}

/** The best rows of a key, best first. */
export function rankingSerde(value: Serde<unknown>): Serde<unknown> {
  return around<readonly RankedEntry[]>(value, {
    name: 'ranking',
    write(entries) {
      const parts = entries.flatMap((entry) => [timePart(entry.time), entry.place, bytesIn(value, entry.value)])
      return joinParts(0, parts)
    },
    read(inner, bytes, start, end) {
      const parts = partsOf(bytes, start, end)
      return Array.from({ length: parts.length / 3 }, (_, index) => {
        const [time, place, content] = parts.slice(3 * index, 3 * index + 3)
        return {
          time: bytes.readDoubleBE(time!.start),
          place: Buffer.from(bytes.subarray(place!.start, place!.end)),
          value: inner(bytes, content!.start, content!.end),
        }
      })
    },
  })
}

function timePart(time: number): Buffer {
  const part = Buffer.allocUnsafe(timeBytes)
  part.writeDoubleBE(time, 0)
  return part
}
