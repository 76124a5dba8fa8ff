/** Groups and their positions as records of `__consumer_offsets`, in Kafka's own schemas. */
import type { TopicPartition } from '../../record.ts'
import {
  GroupMetadataKey,
  GroupMetadataValue,
  OffsetCommitKey,
  OffsetCommitValue,
  offsetsKeyKind,
  writtenVersion,
} from '../../wire/internal/offsets.ts'
import { decodeKey, decodeValue, encodeKey, encodeValue, kindOfKey } from '../../wire/internal/versioned.ts'
import type { Decoded } from '../../wire/schema.ts'
import type { OwnRecord } from '../log/log.ts'
import type { Group } from './group.ts'
import type { Position } from './offsets.ts'

export type GroupMetadata = Decoded<typeof GroupMetadataValue.struct>

/** What a record says. null stands for a tombstone. */
export type GroupRecord =
  | {
      readonly kind: 'position'
      readonly groupId: string
      readonly partition: TopicPartition
      readonly position: (Position & { readonly commitTime: number }) | null
    }
  | { readonly kind: 'group'; readonly groupId: string; readonly group: GroupMetadata | null }

/** A position, or its tombstone. */
export function positionRecord(
  groupId: string,
  { topic, partition }: TopicPartition,
  position: Position | null,
  commitTimestamp: number,
): OwnRecord {
  const key = encodeKey(OffsetCommitKey, offsetsKeyKind.offset, { group: groupId, topic, partition })
  if (position === null) return { key, value: null }
  const { expireTime: expireTimestamp, ...rest } = position
  // Only one version of the schema knows of it.
  const version = expireTimestamp === undefined ? writtenVersion.offset : writtenVersion.expiringOffset
  return { key, value: encodeValue(OffsetCommitValue, version, { ...rest, commitTimestamp, expireTimestamp }) }
}

/** The group in its present generation. */
export function groupRecord(group: Group): OwnRecord {
  return { key: groupKey(group.id), value: encodeValue(GroupMetadataValue, writtenVersion.group, metadataOf(group)) }
}

export function groupTombstone(groupId: string): OwnRecord {
  return { key: groupKey(groupId), value: null }
}

/** null: a record of another kind of group. @throws WireError when the bytes are not what their kind says */
export function readRecord(key: Buffer, value: Buffer | null): GroupRecord | null {
  switch (kindOfKey(key)) {
    case offsetsKeyKind.legacyOffset:
    case offsetsKeyKind.offset: {
      const { group: groupId, topic, partition } = decodeKey(OffsetCommitKey, key)
      return { kind: 'position', groupId, partition: { topic, partition }, position: value && readPosition(value) }
    }
    case offsetsKeyKind.group: {
      const { group: groupId } = decodeKey(GroupMetadataKey, key)
      return { kind: 'group', groupId, group: value && decodeValue(GroupMetadataValue, value) }
    }
    default:
      return null
  }
}

function readPosition(value: Buffer): Position & { readonly commitTime: number } {
  const { offset, leaderEpoch, metadata, commitTimestamp, expireTimestamp } = decodeValue(OffsetCommitValue, value)
  const position = { offset, leaderEpoch, metadata, commitTime: commitTimestamp }
  return expireTimestamp < 0 ? position : { ...position, expireTime: expireTimestamp }
}

function groupKey(group: string): Buffer {
  return encodeKey(GroupMetadataKey, offsetsKeyKind.group, { group })
}

function metadataOf(group: Group): GroupMetadata {
  return {
    protocolType: group.protocolType ?? '',
    generation: group.generation,
    protocol: group.protocolName,
    leader: group.leader,
    currentStateTimestamp: group.stateSince,
    members: [...group.members.values()].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.rebalanceTimeout,
      sessionTimeout: member.sessionTimeout,
      subscription: member.metadataOf(group.protocolName),
      assignment: member.assignment,
    })),
  }
}
