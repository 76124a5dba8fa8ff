/** Members of a group for tests: they write down what happens to them. */
import type { GroupMember, Kafka, KafkaError, MemberAssignment, Membership } from '../../src/kafka/port.ts'
import { partitionName, type TopicPartition } from '../../src/record.ts'

export interface RecordedMember {
  readonly name: string
  membership: Membership
  /** What it holds at the moment. */
  owned: TopicPartition[]
  /** Partition numbers of each assignment, in order. */
  readonly history: number[][]
  readonly losses: KafkaError[]
  /** The generation of the last assignment that was handled to its end. */
  settledIn: number
}

export interface MemberSettings {
  readonly instanceId?: string
  readonly sessionTimeout?: { readonly milliseconds: number }
  /** Called with what must be given up, before it is. */
  readonly revoked?: (partitions: readonly TopicPartition[]) => Promise<void>
}

/** Joins and balances the partitions of `topic` cooperatively. */
export async function joinCooperatively(
  kafka: Kafka,
  group: string,
  topic: string,
  name: string,
  settings: MemberSettings = {},
): Promise<RecordedMember> {
  const recorded: Omit<RecordedMember, 'membership'> & { membership?: Membership } = {
    name,
    owned: [],
    history: [],
    losses: [],
    settledIn: -1,
  }
  recorded.membership = await kafka.join(group, {
    topics: [topic],
    protocolName: 'contract',
    ...(settings.instanceId === undefined ? {} : { instanceId: settings.instanceId }),
    sessionTimeout: settings.sessionTimeout ?? { seconds: 10 },
    claim: () => ({ owned: recorded.owned, userData: Buffer.from(name) }),
    async assign(members) {
      const [info] = await kafka.topics.describe([topic])
      return balance(topic, info?.partitions ?? 0, members)
    },
    async assigned({ generation, partitions }) {
      const kept = new Set(partitions.map(partitionName))
      const revoked = recorded.owned.filter((place) => !kept.has(partitionName(place)))
      recorded.history.push(partitions.map(({ partition }) => partition).sort((left, right) => left - right))
      if (revoked.length > 0) await settings.revoked?.(revoked)
      recorded.owned = [...partitions]
      if (revoked.length === 0) recorded.settledIn = generation
      return revoked.length > 0 ? 'rejoin' : 'stay'
    },
    lost(error) {
      recorded.owned = []
      recorded.losses.push(error)
    },
  })
  return recorded as RecordedMember
}

/** Everyone keeps what it owns up to a fair share; only what nobody owns is given away (KIP-429). */
function balance(
  topic: string,
  partitions: number,
  members: readonly GroupMember[],
): ReadonlyMap<string, MemberAssignment> {
  const shares = new Map<string, TopicPartition[]>()
  const fair = Math.ceil(partitions / members.length)
  const owned = new Set<number>()
  for (const member of members) {
    for (const { partition } of member.owned) owned.add(partition)
    shares.set(member.memberId, member.owned.slice(0, fair))
  }
  const free = Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => !owned.has(partition),
  )
  for (const share of shares.values()) {
    while (share.length < fair && free.length > 0) share.push({ topic, partition: free.shift()! })
  }
  return new Map([...shares].map(([memberId, share]) => [memberId, { partitions: share, userData: Buffer.alloc(0) }]))
}

/** A member that never minds: for tests which need a membership only. */
export function soleMember(kafka: Kafka, group: string, topic: string): Promise<Membership> {
  return joinCooperatively(kafka, group, topic, 'sole').then(({ membership }) => membership)
}

/** What a membership was at this moment: a zombie goes on believing it. */
export function standIn({ group, memberId, generation, instanceId }: Membership): Membership {
  const refuse = () => Promise.reject(new Error('a stand-in does nothing'))
  return { group, memberId, generation, instanceId, rejoin: () => undefined, confirm: refuse, leave: refuse }
}
