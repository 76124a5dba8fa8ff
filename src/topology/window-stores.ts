/** The stores of folds, by their windows. */
import { number } from '../serde/number.ts'
import type { Serde } from '../serde/serde.ts'
import type { Windows } from '../time/windows.ts'
import { keyValueStore, orderedStore, windowStore } from './node-stores.ts'
import type { Counted } from './nodes/windows.ts'
import type { NodeStore } from './nodes.ts'
import { around, bytesIn } from './tables/around.ts'

export type { Counted } from './nodes/windows.ts'

/** A time at the end of a row key. */
const timeBytes = 8

export function storesOfFold(
  name: string,
  windows: Windows | null,
  key: Serde<unknown>,
  sum: Serde<unknown>,
): NodeStore[] {
  return windows === null ? [keyValueStore(name, key, sum)] : [storeOfWindows(name, windows, key, sum)]
}

function storeOfWindows(name: string, windows: Windows, key: Serde<unknown>, sum: Serde<unknown>): NodeStore {
  switch (windows.kind) {
    case 'tumbling':
    case 'hopping':
    case 'cumulate':
      return windowStore(name, key, sum)
    case 'session':
      // `key | end | start`, listed by end, start, key.
      return keyed(orderedStore(name, sum, 2 * timeBytes), key)
    case 'sliding':
      // `key | start`, listed by start, key.
      return keyed(orderedStore(name, sum, timeBytes), key)
    case 'count':
      // `key | number | opened`, listed by when they opened.
      return keyed(orderedStore(name, countedSerde(sum), timeBytes), key)
    case 'global':
      return keyValueStore(name, key, sum)
  }
}

/** Windows that have changed since they last spoke: `end | start | key`. */
export function pendingStore(name: string, key: Serde<unknown>): NodeStore {
  return keyed(orderedStore(`${name}.early`, number, 0), key)
}

/** Rows whose keys hold the user's key among others. */
export function keyed(store: NodeStore, key: Serde<unknown>): NodeStore {
  return Object.freeze({ ...store, key })
}

const doubleBytes = 8
const headBytes = 3 * doubleBytes

/** `count | start | end | sum`: three doubles, and what the sum's own serde makes. */
function countedSerde(sum: Serde<unknown>): Serde<unknown> {
  return around<Counted>(sum, {
    name: 'counted',
    write: (row) => Buffer.concat([headOf(row), bytesIn(sum, row.sum)]),
    read: (inner, bytes, at, end) => ({
      count: bytes.readDoubleBE(at),
      start: bytes.readDoubleBE(at + doubleBytes),
      end: bytes.readDoubleBE(at + 2 * doubleBytes),
      sum: inner(bytes, at + headBytes, end),
    }),
  })
}

function headOf({ count, start, end }: Counted): Buffer {
  const head = Buffer.allocUnsafe(headBytes)
  head.writeDoubleBE(count, 0)
  head.writeDoubleBE(start, doubleBytes)
  head.writeDoubleBE(end, 2 * doubleBytes)
  return head
}
