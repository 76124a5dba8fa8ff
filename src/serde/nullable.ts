import type { Serde, SerdeUse } from './serde.ts'

/**
 * Admits null beside the values of another serde: a record without key, a tombstone.
 * @example topic('flights', { key: nullable(text), value: json(Flight) })
 */
export function nullable<T>(serde: Serde<T>): Serde<T | null> {
  return Object.freeze({
    name: `nullable(${serde.name})`,
    nullable: true,
    decode: (bytes: Buffer, start: number, end: number): T | null => serde.decode(bytes, start, end),
    encode: (value: T | null) => (value === null ? null : serde.encode(value)),
    ...(serde.write && {
      write: (value: T | null, bytes: Buffer, at: number) => (value === null ? -1 : serde.write!(value, bytes, at)),
    }),
    ...(serde.prepare && { prepare: (use: SerdeUse) => serde.prepare!(use) }),
  })
}
