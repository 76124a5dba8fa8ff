/** Our own client in groups of the newer protocol, on the embedded broker. */
import { expect, test } from 'vitest'
import { startBroker } from '../../src/broker/index.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { consumerGroupContract } from '../contracts/port-consumer-groups.ts'
import { errorOf, until } from '../contracts/tools.ts'

consumerGroupContract('the embedded broker', async () => {
  const broker = await startBroker({ features: { groupVersion: 1 }, consumerSessionTimeout: { milliseconds: 1_500 } })
  return { brokers: broker.address, stop: () => broker.close(), compact: async (topic) => broker.compactNow(topic) }
})

test('a broker that has no such groups says so', async () => {
  const broker = await startBroker()
  const kafka = connectKafka({ brokers: [broker.address] })
  await kafka.connect()
  const joining = kafka.join('group', {
    topics: ['topic'],
    protocol: 'consumer',
    protocolName: '',
    claim: () => ({ owned: [], userData: Buffer.alloc(0) }),
    assign: async () => new Map(),
    assigned: async () => 'stay',
    lost: () => {},
  })
  expect(await errorOf(joining)).toMatchObject({ fault: 'fatal', reason: 'UNSUPPORTED_VERSION' })
  await kafka.close()
  await broker.close()
})

test('a membership outlives the move of its coordinator, as a new one', async () => {
  const broker = await startBroker({ nodes: 2, features: { groupVersion: 1 } })
  const kafka = connectKafka({ brokers: [broker.address] })
  await kafka.connect()
  await kafka.topics.create([{ name: 'topic', partitions: 2 }])
  const losses: string[] = []
  let held = 0
  const membership = await kafka.join('group', {
    topics: ['topic'],
    protocol: 'consumer',
    protocolName: '',
    claim: () => ({ owned: [], userData: Buffer.alloc(0) }),
    assign: async () => new Map(),
    async assigned({ partitions }) {
      held = partitions.length
      return 'stay'
    },
    lost(error) {
      held = 0
      losses.push(error.reason)
    },
  })
  const position = { topic: 'topic', partition: 0, offset: 3 }
  await until('it holds both partitions', () => held === 2)
  await kafka.commit(membership, [position])
  for (const node of [1, 2]) {
    const before = losses.length
    broker.moveCoordinator({ group: 'group' }, node)
    await membership.confirm().catch(() => undefined)
    await until('it holds both partitions again', () => held === 2)
    if (losses.length > before) expect(losses.at(-1)).toBe('GROUP_ID_NOT_FOUND')
  }
  expect(losses.length).toBeGreaterThan(0)
  expect(await kafka.positions('group', [position])).toEqual([position])
  await kafka.commit(membership, [{ ...position, offset: 4 }])
  await membership.leave()
  await kafka.close()
  await broker.close()
})
