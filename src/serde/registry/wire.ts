/** What stands before a value: a zero byte and the id of the schema it was written with (int32, Confluent's wire format). */
import { reject } from '../../faults.ts'

export const headerBytes = 5

/** The id in front of the value in `bytes[start, end)`. @throws reject MR3001 for what has none */
export function schemaIdOf(bytes: Buffer, start: number, end: number): number {
  if (end - start < headerBytes) throw reject('Too short to hold the id of a schema', { code: 'MR3001' })
  if (bytes[start] !== 0) throw reject('The bytes do not begin with a zero and the id of a schema', { code: 'MR3001' })
  return bytes.readInt32BE(start + 1)
}

/** A buffer with the header written, and room for a value. */
export function withHeader(id: number, valueBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + valueBytes)
  bytes[0] = 0
  bytes.writeInt32BE(id, 1)
  return bytes
}
