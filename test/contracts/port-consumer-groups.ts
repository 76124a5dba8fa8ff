/** Groups of the newer protocol through the port (KIP-848): the broker assigns. Run on every broker that has them. */
import { describe, expect, it } from 'vitest'
import type { Kafka, KafkaError, Membership } from '../../src/kafka/port.ts'
import { partitionName, type TopicPartition } from '../../src/record.ts'
import { suiteClients } from './clients.ts'
import { startProxy } from './proxy.ts'
import { type ContractBroker, errorOf, unique, until } from './tools.ts'

interface Recorded {
  readonly membership: Membership
  owned: readonly TopicPartition[]
  /** Partitions after each change. */
  readonly history: number[][]
  readonly losses: KafkaError[]
}

interface Settings {
  readonly instanceId?: string
  /** Called with what is given up, before it is. */
  readonly revoked?: (partitions: readonly TopicPartition[]) => Promise<void>
}

const all = [0, 1, 2, 3]

function numbers(places: readonly TopicPartition[]): number[] {
  return places.map(({ partition }) => partition).sort((one, other) => one - other)
}

const holdings = (...members: Recorded[]): number[] => numbers(members.flatMap(({ owned }) => owned))
const inBalance = (...members: Recorded[]): boolean =>
  holdings(...members).join() === all.join() &&
  members.every(({ owned }) => owned.length === all.length / members.length)

async function join(kafka: Kafka, group: string, topic: string, settings: Settings = {}): Promise<Recorded> {
  const recorded: Omit<Recorded, 'membership'> = { owned: [], history: [], losses: [] }
  const membership = await kafka.join(group, {
    topics: [topic],
    protocol: 'consumer',
    protocolName: '',
    ...(settings.instanceId === undefined ? {} : { instanceId: settings.instanceId }),
    claim: () => ({ owned: [], userData: Buffer.alloc(0) }),
    assign: () => Promise.reject(new Error('the broker assigns')),
    async assigned({ partitions }) {
      const kept = new Set(partitions.map(partitionName))
      const revoked = recorded.owned.filter((place) => !kept.has(partitionName(place)))
      if (revoked.length > 0) await settings.revoked?.(revoked)
      recorded.history.push(numbers(partitions))
      recorded.owned = partitions
      return 'stay'
    },
    lost(error) {
      recorded.owned = []
      recorded.losses.push(error)
    },
  })
  return Object.assign(recorded, { membership })
}

/** @example consumerGroupContract('embedded broker', async () => …) */
export function consumerGroupContract(name: string, start: () => Promise<ContractBroker>): void {
  describe(`a group of the newer protocol on ${name}`, () => {
    const suite = suiteClients(start)
    async function newTopic(): Promise<string> {
      const topic = unique('contract')
      await suite.kafka.topics.create([{ name: topic, partitions: 4 }])
      return topic
    }

    it('gives everything to its only member, whose positions it takes', async () => {
      const topic = await newTopic()
      const group = unique('group')
      const member = await join(suite.kafka, group, topic)
      await until('it holds everything', () => inBalance(member))
      expect(member.membership.generation).toBeGreaterThan(0)
      await suite.kafka.commit(member.membership, [{ topic, partition: 1, offset: 7 }])
      expect(await suite.kafka.positions(group, [{ topic, partition: 1 }])).toEqual([
        { topic, partition: 1, offset: 7 },
      ])
      await member.membership.leave()
    })

    it('hands partitions over without taking away the kept ones, after they were given up', async () => {
      const topic = await newTopic()
      const group = unique('group')
      const givenUp: number[] = []
      let others: Recorded | null = null
      const first = await join(suite.kafka, group, topic, {
        revoked: async (partitions) => {
          // Nobody else holds what this one still works on.
          const taken = numbers(others?.owned ?? [])
          for (const partition of numbers(partitions)) expect(taken).not.toContain(partition)
          await suite.kafka.commit(
            first.membership,
            partitions.map((each) => ({ ...each, offset: 3 })),
          )
          givenUp.push(...numbers(partitions))
        },
      })
      // A topic that is new may not be known to the coordinator yet.
      await until('the first holds everything', () => inBalance(first))
      first.history.length = 0
      const second = await join(await suite.client(), group, topic)
      others = second
      await until('both hold two partitions', () => inBalance(first, second))
      const kept = numbers(first.owned)
      for (const assignment of first.history) for (const partition of kept) expect(assignment).toContain(partition)
      expect(second.history[0]).toEqual([])
      expect(givenUp.sort()).toEqual(numbers(second.owned))
      const positions = await suite.kafka.positions(group, second.owned)
      expect(positions.map(({ offset }) => offset)).toEqual([3, 3])
      await second.membership.leave()
      await until('the first holds everything again', () => inBalance(first))
      expect([first.losses, second.losses]).toEqual([[], []])
      await first.membership.leave()
    })

    it('takes positions in a transaction, but not under an epoch that is over', async () => {
      const topic = await newTopic()
      const group = unique('group')
      const member = await join(suite.kafka, group, topic)
      // A topic that is new may raise the epoch once more when it becomes known.
      await until('it holds everything', () => inBalance(member))
      const before = standIn(member.membership)
      const transactions = suite.kafka.transactions(unique('writer'), { timeout: { seconds: 10 } })
      await transactions.init()
      await transactions.offsets(before, [{ topic, partition: 2, offset: 5 }])
      await transactions.commit()
      expect((await suite.kafka.positions(group, [{ topic, partition: 2 }]))[0]!.offset).toBe(5)
      const second = await join(await suite.client(), group, topic)
      await until('the epoch has risen', () => member.membership.generation > before.generation)
      const late = await errorOf(transactions.offsets(before, [{ topic, partition: 2, offset: 6 }]))
      expect(late).toMatchObject({ fault: 'fenced', reason: 'ILLEGAL_GENERATION' })
      await transactions.abort()
      await transactions.close()
      for (const { membership } of [second, member]) await membership.leave()
    })

    it('confirms a living member, and tells one that has left', async () => {
      const member = await join(suite.kafka, unique('group'), await newTopic())
      await member.membership.confirm()
      await member.membership.leave()
      expect(await errorOf(member.membership.confirm())).not.toBe(null)
    })

    it('gives a static member that returns its place, and nobody else hears of it', async () => {
      const topic = await newTopic()
      const group = unique('group')
      const instanceId = unique('returns')
      const stays = await join(suite.kafka, group, topic)
      const leaves = await join(await suite.client(), group, topic, { instanceId })
      await until('both hold two partitions', () => inBalance(stays, leaves))
      await until('both are in the same epoch', () => stays.membership.generation === leaves.membership.generation)
      const { generation } = stays.membership
      await leaves.membership.leave({ keepPlace: true })
      const returned = await join(await suite.client(), group, topic, { instanceId })
      await until('it has what it had', () => numbers(returned.owned).join() === numbers(leaves.owned).join())
      await stays.membership.confirm()
      expect(stays.membership.generation).toBe(generation)
      await returned.membership.leave()
      await until('the other holds everything', () => inBalance(stays))
      await stays.membership.leave()
    })

    it('takes a member that was silent too long for lost, and takes it back as a new one', async () => {
      const topic = await newTopic()
      const group = unique('group')
      const proxy = await startProxy(suite.broker.brokers)
      const silent = await join(await suite.client(proxy.address), group, topic)
      await until('it holds everything', () => inBalance(silent))
      const before = silent.membership.memberId
      proxy.freeze()
      const heir = await join(suite.kafka, group, topic)
      await until('the heir holds everything', () => inBalance(heir))
      expect(silent.losses).toEqual([])
      const commit = errorOf(
        suite.kafka.commit({ ...standIn(silent.membership) }, [{ topic, partition: 0, offset: 9 }]),
      )
      expect(await commit).toMatchObject({ fault: 'fenced', reason: 'UNKNOWN_MEMBER_ID' })
      proxy.release()
      await until('both hold two partitions', () => inBalance(silent, heir))
      expect(silent.losses.map(({ fault, reason }) => [fault, reason])).toEqual([['fenced', 'UNKNOWN_MEMBER_ID']])
      expect(silent.membership.memberId).not.toBe(before)
      await silent.membership.leave()
      await heir.membership.leave()
      await proxy.close()
    })
  })
}

/** What a membership was at this moment. */
function standIn({ group, memberId, generation, instanceId }: Membership) {
  return { group, memberId, generation, instanceId }
}
