/** Serdes of what joins keep and send: a few bytes of their own in front of a value of the user's. */
import { reject } from '../../faults.ts'
import type { Serde } from '../../serde/serde.ts'

interface Wrapping<T> {
  readonly name: string
  readonly inner: Serde<unknown>
  /** `inner` undefined: nothing follows the head. */
  readonly encode: (value: T) => { readonly head: Buffer; readonly inner: unknown }
  /** `read` reads what follows the head, from there on. */
  readonly decode: (bytes: Buffer, start: number, read: (from: number) => unknown) => T
}

/** A serde of `T`, part of which the inner one writes. Made ready when that is. */
export function wrap<T>({ name, inner, encode, decode }: Wrapping<T>): Serde<T> {
  return Object.freeze({
    name: `${name}(${inner.name})`,
    nullable: false,
    encode(value: T): Uint8Array {
      const parts = encode(value)
      return parts.inner === undefined ? parts.head : Buffer.concat([parts.head, bytesOf(inner, parts.inner)])
    },
    decode(bytes: Buffer, start: number, end: number): T {
      return decode(bytes, start, (from) => inner.decode(bytes, from, end))
    },
    ...(inner.prepare && { prepare: inner.prepare.bind(inner) }),
  })
}

function bytesOf(inner: Serde<unknown>, value: unknown): Uint8Array {
  const encoded = inner.encode(value)
  if (encoded === null) throw reject(`${inner.name} writes a value that is kept as null`, { code: 'MR3002' })
  return typeof encoded === 'string' ? Buffer.from(encoded) : encoded
}
