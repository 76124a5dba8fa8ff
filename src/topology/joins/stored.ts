/** How rows that wait in a join are written. */
import type { Serde } from '../../serde/serde.ts'
import type { SidedValue, StoredValue, WaitingValue } from '../nodes/joins.ts'
import { wrap } from './wrap.ts'

/** One byte, whether the row has spoken; the value. */
export function storedValue(inner: Serde<unknown>): Serde<StoredValue> {
  return wrap({
    name: 'join-row',
    inner,
    encode: ({ spoken, value }) => ({ head: Buffer.from([Number(spoken)]), inner: value }),
    decode: (bytes, start, read) => ({ spoken: bytes[start] === 1, value: read(start + 1) }),
  })
}

const windowBytes = 16

/** One byte, whether there is a window; its start and end; the value. */
export function waitingValue(inner: Serde<unknown>): Serde<WaitingValue> {
  return wrap({
    name: 'waiting',
    inner,
    encode({ value, window }) {
      const head = Buffer.alloc(window === null ? 1 : 1 + windowBytes)
      head[0] = Number(window !== null)
      if (window !== null) head.writeDoubleBE(window.end.getTime(), head.writeDoubleBE(window.start.getTime(), 1))
      return { head, inner: value }
    },
    decode(bytes, start, read) {
      if (bytes[start] === 0) return { window: null, value: read(start + 1) }
      const [from, to] = [bytes.readDoubleBE(start + 1), bytes.readDoubleBE(start + 9)]
      const window = Object.freeze({ start: new Date(from), end: new Date(to) })
      return { window, value: read(start + 1 + windowBytes) }
    },
  })
}

/** Writes the value as its side does. Nothing reads it: it is for dead letters. */
export function sidedValue(left: Serde<unknown>, right: Serde<unknown>): Serde<SidedValue> {
  return Object.freeze({
    name: `${left.name} or ${right.name}`,
    nullable: false,
    encode: ({ side, value }: SidedValue) => (side === 'left' ? left : right).encode(value),
    decode(): SidedValue {
      throw new TypeError('The bytes do not say of which side they are')
    },
  })
}
