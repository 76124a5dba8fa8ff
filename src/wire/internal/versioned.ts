/**
 * Keys and values of Kafka's internal topics. Each begins with an int16: for a value it is the version of its schema,
 * for a key it says what kind of record this is.
 */
import { decodeStruct, encodeStruct } from '../codec.ts'
import type { Decoded, Encodable, Struct } from '../schema.ts'
import { WireError } from '../wire-error.ts'

/** One schema, all versions that Kafka writes or reads. */
export interface Versioned<S extends Struct> {
  readonly name: string
  readonly newest: number
  /** First version with compact lengths and tagged fields (KIP-482). */
  readonly flexible: number | 'none'
  readonly struct: S
}

/**
 * Describes a key or value.
 * @example const GroupMetadataKey = versioned('GroupMetadataKey', 0, 'none', { group: string })
 */
export function versioned<const S extends Struct>(
  name: string,
  newest: number,
  flexible: number | 'none',
  struct: S,
): Versioned<S> {
  return { name, newest, flexible, struct }
}

/** A value with its version in front. @throws WireError `unsupported-field` when the version cannot carry a field */
export function encodeValue<S extends Struct>(of: Versioned<S>, version: number, value: Encodable<S>): Buffer {
  return Buffer.concat([prefix(version), encodeStruct(of.struct, version, isFlexible(of, version), value)])
}

/** @throws WireError `unknown-version` when it was written by a newer Kafka, and whatever is wrong with the bytes */
export function decodeValue<S extends Struct>(of: Versioned<S>, bytes: Buffer): Decoded<S> {
  const version = readPrefix(bytes)
  if (version < 0 || version > of.newest) throw new WireError('unknown-version', `${of.name} ${version}`)
  return decodeStruct(of.struct, version, isFlexible(of, version), bytes.subarray(2))
}

/** A key with the kind of the record in front: keys have one version each. */
export function encodeKey<S extends Struct>(of: Versioned<S>, kind: number, key: Encodable<S>): Buffer {
  return Buffer.concat([prefix(kind), encodeStruct(of.struct, 0, false, key)])
}

/** The key behind its kind. @throws WireError */
export function decodeKey<S extends Struct>(of: Versioned<S>, bytes: Buffer): Decoded<S> {
  return decodeStruct(of.struct, 0, false, bytes.subarray(2))
}

/** The kind in front of a key. @throws WireError `truncated` */
export function kindOfKey(bytes: Buffer): number {
  return readPrefix(bytes)
}

function isFlexible({ flexible }: Versioned<Struct>, version: number): boolean {
  return flexible !== 'none' && version >= flexible
}

function prefix(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function readPrefix(bytes: Buffer): number {
  if (bytes.length < 2) throw new WireError('truncated', 'a record of an internal topic without a version')
  return bytes.readInt16BE(0)
}
