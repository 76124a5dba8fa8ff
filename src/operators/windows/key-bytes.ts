/** Keys as parts of row keys. */
import { reject } from '../../faults.ts'
import type { Serde } from '../../serde/serde.ts'
import { readTime, timeKey } from '../../state/row-key.ts'

/** @throws reject MR3004 for a key that is written as null */
export function bytesOfKey(serde: Serde<unknown>, key: unknown): Uint8Array {
  const encoded = serde.encode(key)
  if (encoded === null) throw reject('A key is null where a row needs one', { code: 'MR3004' })
  return typeof encoded === 'string' ? Buffer.from(encoded) : encoded
}

export function keyOfBytes(serde: Serde<unknown>, bytes: Buffer): unknown {
  return serde.decode(bytes, 0, bytes.length)
}

/** Where a scan by time begins that wants what lies behind `time`; null: at the start. */
export function behind(time: number): Buffer | null {
  return time < 0 ? null : timeKey(Math.floor(time) + 1)
}

/** The time that index keys begin with; +Infinity when there is none. */
export function timeOfIndex(index: Buffer | null): number {
  return index === null ? Number.POSITIVE_INFINITY : readTime(index, 0)
}
