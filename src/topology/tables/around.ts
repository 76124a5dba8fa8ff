/** Serdes that put something of ours around the values of another. */
import type { Serde, SerdeUse } from '../../serde/serde.ts'

type Read<T> = (bytes: Buffer, start: number, end: number) => T

interface Frame<T> {
  readonly name: string
  readonly write: (value: T) => Uint8Array
  /** Reads the frame; `inner` reads what lies in it. */
  readonly read: (inner: Read<unknown>, bytes: Buffer, start: number, end: number) => T
}

/** Versions of the inner serde are those of the frame, and what it must prepare for is prepared. */
export function around<T>(inner: Serde<unknown>, { name, write, read }: Frame<T>): Serde<unknown> {
  const decodeInner: Read<unknown> = (bytes, start, end) => inner.decode(bytes, start, end)
  return Object.freeze({
    name: `${name}(${inner.name})`,
    nullable: false,
    encode: write as (value: unknown) => Uint8Array,
    decode: (bytes: Buffer, start: number, end: number): T => read(decodeInner, bytes, start, end),
    ...(inner.version !== undefined && { version: inner.version }),
    ...(inner.decodeVersion && {
      decodeVersion(version: number, bytes: Buffer, start: number, end: number): T {
        return read((...range) => inner.decodeVersion!(version, ...range), bytes, start, end)
      },
    }),
    ...(inner.prepare && { prepare: (use: SerdeUse) => inner.prepare!(use) }),
  })
}

/** What a serde writes, as bytes. @throws Error for null, which has no bytes */
export function bytesIn(serde: Serde<unknown>, value: unknown): Uint8Array {
  const encoded = serde.encode(value)
  if (encoded === null) throw new TypeError(`${serde.name} writes a value as null`)
  return typeof encoded === 'string' ? Buffer.from(encoded) : encoded
}

const lengthBytes = 4

/** Parts one behind another, each with its length in front. */
export function joinParts(lead: number, parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + lengthBytes + part.length, 1)
  const joined = Buffer.allocUnsafe(size)
  let at = joined.writeUInt8(lead, 0)
  for (const part of parts) {
    at = joined.writeUInt32BE(part.length, at)
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** Where each part lies. */
export function partsOf(bytes: Buffer, start: number, end: number): { readonly start: number; readonly end: number }[] {
  const parts: { start: number; end: number }[] = []
  for (let at = start + 1; at < end; ) {
    const from = at + lengthBytes
    at = from + bytes.readUInt32BE(at)
    parts.push({ start: from, end: at })
  }
  return parts
}
