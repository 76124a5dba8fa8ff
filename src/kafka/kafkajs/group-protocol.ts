/** What members over kafkajs tell each other, in the bytes that its assignors may hand over. */
import type { TopicPartition } from '../../record.ts'
import { decodeSubscription, encodeAssignment, encodeSubscription } from '../../wire/consumer-protocol.ts'
import { WireError } from '../../wire/wire-error.ts'
import { byTopic } from '../by-topic.ts'
import type { GroupMember, MemberAssignment } from '../port.ts'

const subscriptionVersion = 2
const assignmentVersion = 1
const nothing = Buffer.alloc(0)
/** No topic can be called so. */
const noteMark = 'millrace:'
/** A name is at most 32,767 bytes. */
const noteLength = 24_000

export interface Claim {
  readonly topics: readonly string[]
  readonly owned: readonly TopicPartition[]
  readonly userData: Uint8Array
  readonly generation: number
  /** Who it believes to be. A member that the group has forgotten joins as another, and owns nothing. */
  readonly memberId: string
}

/** The generation makes the bytes differ each time: an unchanged follower that joins again starts no rebalance. */
export function encodeClaim({ topics, owned, userData, generation, memberId }: Claim): Buffer {
  const ownedPartitions = byTopic(owned).map(([topic, ofTopic]) => ({ topic, partitions: numbers(ofTopic) }))
  const name = Buffer.from(memberId)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(name.length)
  const signed = Buffer.concat([length, name, userData])
  return encodeSubscription(subscriptionVersion, {
    topics,
    userData: signed,
    ownedPartitions,
    generationId: generation,
  })
}

/** What the leader learns of a member. Who sends other bytes wants nothing and owns nothing. */
export function decodeMember(memberId: string, metadata: Buffer): GroupMember {
  const stranger = { memberId, instanceId: null, topics: [], owned: [], userData: nothing }
  try {
    const { topics, ownedPartitions, userData } = decodeSubscription(metadata)
    if (userData === null || userData.length < 2) return stranger
    const end = 2 + userData.readUInt16BE(0)
    const believes = userData.toString('utf8', 2, end)
    const owned = believes === memberId ? ownedPartitions.flatMap((each) => places(each.topic, each.partitions)) : []
    return { ...stranger, topics, owned, userData: userData.subarray(end) }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return stranger
  }
}

/**
 * A member's share. kafkajs shows its consumers the topics assigned and nothing else, but it also reports topics that
 * nobody subscribed to: so the leader's note travels as names of such.
 */
export function encodeShare({ partitions, userData }: MemberAssignment): Buffer {
  const shares = byTopic(partitions).map(([topic, ofTopic]) => ({ topic, partitions: numbers(ofTopic) }))
  const notes = notesOf(userData).map((topic) => ({ topic, partitions: [] }))
  return encodeAssignment(assignmentVersion, { assignedPartitions: [...shares, ...notes], userData: null })
}

function notesOf(userData: Uint8Array): string[] {
  const text = Buffer.from(userData).toString('base64url')
  const count = Math.max(1, Math.ceil(text.length / noteLength))
  return Array.from({ length: count }, (_, index) => {
    return `${noteMark}${index}:${text.slice(index * noteLength, (index + 1) * noteLength)}`
  })
}

/** The note among the names of topics assigned. */
export function decodeNotes(topics: readonly string[]): Buffer {
  const parts = topics.filter((topic) => topic.startsWith(noteMark)).map((topic) => topic.slice(noteMark.length))
  const ordered = parts.map((part) => part.split(':', 2) as [string, string])
  ordered.sort(([left], [right]) => Number(left) - Number(right))
  return Buffer.from(ordered.map(([, text]) => text).join(''), 'base64url')
}

function numbers(partitions: readonly TopicPartition[]): number[] {
  return partitions.map(({ partition }) => partition)
}

function places(topic: string, partitions: readonly number[]): TopicPartition[] {
  return partitions.map((partition) => ({ topic, partition }))
}
