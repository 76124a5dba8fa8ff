/**
 * What members of a group of protocol type `consumer` say to each other through JoinGroup and SyncGroup. Both begin
 * with their version as an int16, and readers take a newer version for the newest they know.
 *
 * Version notes: 1 owned partitions (KIP-429) · 2 generation of the owned ones · 3 rack (KIP-881).
 */
import { decodeStruct, encodeStruct } from './codec.ts'
import {
  array,
  bytes,
  type Decoded,
  type Encodable,
  ignorable,
  int32,
  nullable,
  type Struct,
  since,
  string,
} from './schema.ts'
import { WireError } from './wire-error.ts'

const topicPartitions = { topic: string, partitions: array(int32) }

export const ConsumerProtocolSubscription = {
  topics: array(string),
  userData: nullable(bytes),
  ownedPartitions: ignorable(since(1, array(topicPartitions))),
  generationId: ignorable(since(2, int32, -1)),
  rackId: ignorable(since(3, nullable(string))),
}

export const ConsumerProtocolAssignment = {
  assignedPartitions: array(topicPartitions),
  userData: nullable(bytes),
}

export type ConsumerSubscription = Decoded<typeof ConsumerProtocolSubscription>
export type ConsumerAssignment = Decoded<typeof ConsumerProtocolAssignment>

const newestVersion = 3

/** A subscription with its version in front. @throws WireError `unknown-version` */
export function encodeSubscription(version: number, value: Encodable<typeof ConsumerProtocolSubscription>): Buffer {
  return encodeVersioned(ConsumerProtocolSubscription, version, value)
}

/** @throws WireError when the bytes are none; they come from another member, so be ready for it */
export function decodeSubscription(bytes: Buffer): ConsumerSubscription {
  return decodeVersioned(ConsumerProtocolSubscription, bytes)
}

/** An assignment with its version in front. @throws WireError `unknown-version` */
export function encodeAssignment(version: number, value: Encodable<typeof ConsumerProtocolAssignment>): Buffer {
  return encodeVersioned(ConsumerProtocolAssignment, version, value)
}

/** @throws WireError when the bytes are none; they come from another member, so be ready for it */
export function decodeAssignment(bytes: Buffer): ConsumerAssignment {
  return decodeVersioned(ConsumerProtocolAssignment, bytes)
}

function encodeVersioned<S extends Struct>(struct: S, version: number, value: Encodable<S>): Buffer {
  if (version < 0 || version > newestVersion) throw new WireError('unknown-version', `consumer protocol ${version}`)
  const prefix = Buffer.alloc(2)
  prefix.writeInt16BE(version)
  return Buffer.concat([prefix, encodeStruct(struct, version, false, value)])
}

function decodeVersioned<S extends Struct>(struct: S, bytes: Buffer): Decoded<S> {
  if (bytes.length < 2) throw new WireError('truncated', 'consumer protocol without a version')
  const version = bytes.readInt16BE(0)
  if (version < 0) throw new WireError('unknown-version', `consumer protocol ${version}`)
  return decodeStruct(struct, Math.min(version, newestVersion), false, bytes.subarray(2))
}
