/**
 * What the classic groups write to `__consumer_offsets`: positions and members.
 *
 * Version notes: positions: 1 time of expiry, by old clients · 3 leader epoch · 4 flexible, topic id; groups: 1 rebalance
 * timeout · 2 time of the last change · 3 static members (KIP-345) · 4 flexible.
 */
import { array, between, bytes, ignorable, int32, int64, nullable, since, string, tagged, uuid } from '../schema.ts'
import { versioned } from './versioned.ts'

/** Kinds of keys. The other kinds in that topic belong to groups of other protocols. */
export const offsetsKeyKind = { legacyOffset: 0, offset: 1, group: 2 } as const

/** The versions Kafka 4.1 writes. */
export const writtenVersion = { offset: 4, expiringOffset: 1, group: 3 } as const

export const OffsetCommitKey = versioned('OffsetCommitKey', 0, 'none', {
  group: string,
  topic: string,
  partition: int32,
})

export const OffsetCommitValue = versioned('OffsetCommitValue', 4, 4, {
  offset: int64,
  leaderEpoch: ignorable(since(3, int32, -1)),
  metadata: string,
  commitTimestamp: int64,
  expireTimestamp: ignorable(between(1, 1, int64, -1)),
  topicId: ignorable(tagged(0, 4, uuid)),
})

export const GroupMetadataKey = versioned('GroupMetadataKey', 0, 'none', { group: string })

export const GroupMetadataValue = versioned('GroupMetadataValue', 4, 4, {
  protocolType: string,
  generation: int32,
  protocol: nullable(string),
  leader: nullable(string),
  currentStateTimestamp: ignorable(since(2, int64, -1)),
  members: array({
    memberId: string,
    groupInstanceId: ignorable(since(3, nullable(string), null)),
    clientId: string,
    clientHost: string,
    rebalanceTimeout: ignorable(since(1, int32)),
    sessionTimeout: int32,
    subscription: bytes,
    assignment: bytes,
  }),
})
