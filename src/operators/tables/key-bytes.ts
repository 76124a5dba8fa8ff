import type { Serde } from '../../serde/serde.ts'
import { nullKey } from '../null-key.ts'

/** The bytes of a key. @throws reject MR3004 for a key that is null, or written as null */
export function keyBytesOf(serde: Serde<unknown>, key: unknown, what: string): Buffer {
  const encoded = key === null || key === undefined ? null : serde.encode(key)
  if (encoded === null) throw nullKey(what)
  if (typeof encoded === 'string') return Buffer.from(encoded)
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength)
}
