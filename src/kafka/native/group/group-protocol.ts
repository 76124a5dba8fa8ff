/** What members of a group tell each other, between the port's words and the consumer protocol's bytes. */
import type { TopicPartition } from '../../../record.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../../wire/consumer-protocol.ts'
import { WireError } from '../../../wire/wire-error.ts'
import { byTopic } from '../../by-topic.ts'
import type { Assignment, GroupMember, MemberAssignment } from '../../port.ts'

export const protocolType = 'consumer'

/** Version 2 says in which generation the partitions were owned. */
const subscriptionVersion = 2
const assignmentVersion = 1
const nothing = Buffer.alloc(0)

export interface Claim {
  readonly topics: readonly string[]
  readonly owned: readonly TopicPartition[]
  readonly userData: Uint8Array
  readonly generation: number
}

/** The bytes a member joins with. The generation makes them differ each time, so that a new join is never taken for an old one. */
export function encodeClaim({ topics, owned, userData, generation }: Claim): Buffer {
  const ownedPartitions = byTopic(owned).map(([topic, ofTopic]) => ({ topic, partitions: numbers(ofTopic) }))
  return encodeSubscription(subscriptionVersion, { topics, userData, ownedPartitions, generationId: generation })
}

interface JoinedMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly metadata: Buffer
}

/** What the leader learns of a member. Who sends bytes that are no subscription wants nothing and owns nothing. */
export function decodeMember({ memberId, groupInstanceId, metadata }: JoinedMember): GroupMember {
  try {
    const { topics, ownedPartitions, userData } = decodeSubscription(metadata)
    const owned = ownedPartitions.flatMap(({ topic, partitions }) => places(topic, partitions))
    return { memberId, instanceId: groupInstanceId, topics, owned, userData: userData ?? nothing }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { memberId, instanceId: groupInstanceId, topics: [], owned: [], userData: nothing }
  }
}

export function encodeShare({ partitions, userData }: MemberAssignment): Buffer {
  const assignedPartitions = byTopic(partitions).map(([topic, ofTopic]) => ({ topic, partitions: numbers(ofTopic) }))
  return encodeAssignment(assignmentVersion, { assignedPartitions, userData })
}

/** A member that the leader forgot gets no bytes at all: it owns nothing. @throws WireError when the bytes are none */
export function decodeShare(generation: number, bytes: Buffer): Assignment {
  if (bytes.length === 0) return { generation, partitions: [], userData: nothing }
  const { assignedPartitions, userData } = decodeAssignment(bytes)
  const partitions = assignedPartitions.flatMap(({ topic, partitions: ofTopic }) => places(topic, ofTopic))
  return { generation, partitions, userData: userData ?? nothing }
}

function numbers(partitions: readonly TopicPartition[]): number[] {
  return partitions.map(({ partition }) => partition)
}

function places(topic: string, partitions: readonly number[]): TopicPartition[] {
  return partitions.map((partition) => ({ topic, partition }))
}
