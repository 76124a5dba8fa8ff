/** The administrator's calls. */
import { describe, expect, it } from 'vitest'
import type { AdminCall } from '../../src/kafka/port.ts'
import { partitionsOfTopic } from '../../src/record.ts'
import { soleMember } from './members.ts'
import { type Bench, batchOf, errorOf, settled, unique, until } from './tools.ts'

export function adminContract(bench: Bench): void {
  const told = async (promise: Promise<unknown>) => {
    const error = await errorOf(promise)
    return [error?.fault, error?.reason]
  }

  /** An adapter has the calls it declares; the others it refuses. */
  const asks = (name: string, calls: readonly AdminCall[], test: () => Promise<void>): void => {
    const missing = calls.filter((call) => !bench.declared.admin.calls.has(call))
    const lacking = async () => expect(missing.filter((call) => bench.kafka.admin.calls.has(call))).toEqual([])
    if (missing.length === 0) it(name, test)
    else it(`${name}: not asked of this adapter, which lacks ${missing.join(', ')}`, lacking)
  }

  describe('settings', () => {
    asks(
      'of a topic are changed one by one, and given back their defaults',
      ['describeConfigs', 'alterConfigs'],
      async () => {
        const name = await bench.topic(1, { 'delete.retention.ms': '1000', 'cleanup.policy': 'compact' })
        const topic = { type: 'topic', name } as const
        const settings = async () => (await bench.kafka.admin.describeConfigs([topic]))[0]!
        const before = await settings()
        await bench.kafka.admin.alterConfigs([
          { ...topic, set: { 'delete.retention.ms': null, 'segment.bytes': '1048576' } },
        ])
        await until('the change is seen', async () => (await settings())['segment.bytes'] === '1048576')
        expect(await settings()).toMatchObject({ 'cleanup.policy': 'compact', 'segment.bytes': '1048576' })
        const after = await settings()
        expect([before['delete.retention.ms'], after['delete.retention.ms']]).toEqual(['1000', '86400000'])
      },
    )

    asks('that make no sense are rejected', ['alterConfigs'], async () => {
      const name = await bench.topic()
      const change = { type: 'topic', name, set: { 'retention.ms': 'soon' } } as const
      expect(await told(bench.kafka.admin.alterConfigs([change]))).toEqual(['rejected', 'INVALID_CONFIG'])
    })

    asks('of several topics and of a broker are told in the order asked', ['describeConfigs'], async () => {
      const topics = [await bench.topic(1, { 'retention.ms': '1' }), await bench.topic(1, { 'retention.ms': '2' })]
      const [second, broker, first] = await bench.kafka.admin.describeConfigs([
        { type: 'topic', name: topics[1]! },
        { type: 'broker', name: '1' },
        { type: 'topic', name: topics[0]! },
      ])
      expect([first!['retention.ms'], second!['retention.ms']]).toEqual(['1', '2'])
      expect(Object.keys(broker!).length).toBeGreaterThan(0)
    })
  })

  describe('partitions', () => {
    asks('are added, and never taken away', ['createPartitions'], async () => {
      const topic = await bench.topic(1)
      await bench.kafka.admin.createPartitions(topic, 3)
      expect(await bench.kafka.topics.describe([topic])).toEqual([{ name: topic, exists: true, partitions: 3 }])
      const producer = bench.kafka.producer()
      await Promise.all(partitionsOfTopic(topic, 3).map((place) => producer.append(place, batchOf('a'))))
      expect(await told(bench.kafka.admin.createPartitions(topic, 2))).toEqual(['rejected', 'INVALID_PARTITIONS'])
      await producer.close()
    })
  })

  describe('groups from outside', () => {
    asks('are listed and described with their members', ['groups.list', 'groups.describe'], async () => {
      const topic = await bench.topic(2)
      const group = unique('group')
      const member = await soleMember(bench.kafka, group, topic)
      const listed = await bench.kafka.admin.groups.list()
      expect(listed).toContainEqual({ id: group, protocolType: 'consumer', state: 'Stable' })
      const nobody = unique('nobody')
      const described = await bench.kafka.admin.groups.describe([group, nobody])
      expect(described.get(nobody)).toBe(null)
      expect(described.get(group)).toMatchObject({ state: 'Stable', protocolType: 'consumer', protocol: 'contract' })
      const members = described.get(group)!.members
      expect(members.map(({ memberId, clientId }) => [memberId, clientId])).toEqual([[member.memberId, 'contract']])
      expect(members[0]!.partitions).toEqual(partitionsOfTopic(topic, 2))
      expect(Buffer.isBuffer(members[0]!.userData)).toBe(true)
      await member.leave()
    })

    asks(
      'have their positions moved and are deleted only while they are empty',
      ['groups.setPositions', 'groups.delete', 'groups.describe'],
      async () => {
        const topic = await bench.topic(2)
        const group = unique('group')
        const places = partitionsOfTopic(topic, 2)
        const { groups } = bench.kafka.admin
        const positions = async () => (await bench.kafka.positions(group, places)).map(({ offset }) => offset)
        await groups.setPositions(group, [{ ...places[1]!, offset: 7 }])
        expect(await positions()).toEqual([-1, 7])
        const member = await soleMember(bench.kafka, group, topic)
        const occupied = ['rejected', 'NON_EMPTY_GROUP']
        expect(await told(groups.setPositions(group, [{ ...places[1]!, offset: 9 }]))).toEqual(occupied)
        expect(await told(groups.delete([group]))).toEqual(occupied)
        expect(await positions()).toEqual([-1, 7])
        await member.leave()
        await groups.setPositions(group, [{ ...places[0]!, offset: 3 }])
        expect(await positions()).toEqual([3, 7])
        await groups.delete([group])
        expect((await groups.describe([group])).get(group)).toBe(null)
        expect(await positions()).toEqual([-1, -1])
        await groups.delete([group])
      },
    )
  })

  describe('transactions from outside', () => {
    asks(
      'are listed, and their producers found in the partitions they hold open',
      ['transactions.list', 'transactions.producers'],
      async () => {
        const [quiet, place] = partitionsOfTopic(await bench.topic(2), 2)
        const id = unique('tx')
        const transactions = bench.kafka.transactions(id, { timeout: { seconds: 20 } })
        await transactions.init()
        await transactions.append(place!, batchOf('one', 'two'))
        const { admin } = bench.kafka
        const mine = async () => (await admin.transactions.list()).find((listed) => listed.id === id)
        expect((await mine())?.state).toBe('Ongoing')
        const [producer, ...others] = await admin.transactions.producers([quiet!, place!])
        expect(others).toEqual([])
        expect(producer).toMatchObject({ ...place, lastSequence: 1, transactionStart: 0 })
        expect(producer!.producerId).toBe((await mine())!.producerId)
        await transactions.commit()
        await settled(bench.kafka, place!)
        expect((await admin.transactions.producers([place!]))[0]?.transactionStart).toBe(-1)
        await transactions.close()
      },
    )
  })
}
