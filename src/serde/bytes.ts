import { reject } from '../faults.ts'
import type { Serde } from './serde.ts'
import { describeType } from './text.ts'

/**
 * Bytes as they are. Decoding copies them, since a fetched batch is shared.
 * @example topic('pictures', { key: text, value: bytes })
 */
export const bytes: Serde<Uint8Array> = Object.freeze({
  name: 'bytes',
  nullable: false,
  decode: (source: Buffer, start: number, end: number): Uint8Array => new Uint8Array(source.subarray(start, end)),
  encode(value: Uint8Array): Uint8Array {
    if (!(value instanceof Uint8Array)) throw reject(`Not bytes: ${describeType(value)}`, { code: 'MR3002' })
    return value
  },
})
