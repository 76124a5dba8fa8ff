/** What is done to nodes, seen by our own client: nothing is lost, doubled or out of order, and it goes on by itself. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { soleMember } from '../contracts/members.ts'
import { batchOf, errorOf, settled, until, valuesOf } from '../contracts/tools.ts'

let broker: EmbeddedBroker
let kafka: Kafka

const place = { topic: 't', partition: 0 }
const timeout = { seconds: 20 }

beforeEach(async () => {
  broker = await startBroker({
    nodes: 3,
    groupMinimumSessionTimeout: { milliseconds: 100 },
    requestLog: 1_000,
    audit: true,
  })
  kafka = connectKafka({ clientId: 'native', brokers: broker.addresses.split(','), requestTimeout: 5_000 })
  await kafka.connect()
  await kafka.topics.create([{ name: 't', partitions: 1 }])
})
afterEach(async () => {
  await kafka.close()
  const { violations } = broker.audit()
  await broker.close()
  expect(violations).toEqual([])
})

function leader(): number {
  return broker.describe().topics.find(({ name }) => name === 't')!.partitions[0]!.leader
}

const other = (node: number): number => (node % 3) + 1

/** Each is done while a producer writes. What it returns is called when some more has been written. */
const disturbances: Readonly<Record<string, () => undefined | (() => void) | Promise<undefined | (() => void)>>> = {
  'the leader dies': async () => {
    await broker.killNode(leader())
    return undefined
  },
  'the leader dies and comes back': async () => {
    const node = leader()
    await broker.killNode(node)
    await broker.startNode(node)
    return undefined
  },
  'the leader stands still for a while': () => {
    const node = leader()
    broker.pauseNode(node)
    return () => broker.resumeNode(node)
  },
  'the client is cut from the leader for a while': () => broker.partition('native', leader()),
  'the leader moves': () => {
    broker.movePartition(place, other(leader()))
    return undefined
  },
  'everything crashes and comes back': async () => {
    await broker.crashRestart()
    return undefined
  },
  'the client is throttled': () => broker.throttle('native', { milliseconds: 2 }),
  'segments are rolled': () => {
    broker.rollSegments('t')
    return undefined
  },
}

describe('an idempotent producer writes each record once and in order while', () => {
  test.each(Object.entries(disturbances))('%s', async (_, disturb) => {
    const producer = kafka.producer()
    const sent: Promise<unknown>[] = []
    const expected: string[] = []
    const send = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index++) {
        expected.push(String(expected.length))
        sent.push(producer.append(place, batchOf(expected.at(-1)!)))
        await Promise.resolve()
      }
    }
    await send(5)
    await Promise.all(sent)
    const over = await disturb()
    await send(5)
    over?.()
    await send(5)
    await Promise.all(sent)
    await producer.close()
    expect(await valuesOf(kafka, place)).toEqual(expected)
  })
})

describe('a reader goes on while', () => {
  test.each(Object.entries(disturbances))('%s', async (_, disturb) => {
    const writer = connectKafka({ clientId: 'writer', brokers: broker.addresses.split(',') })
    await writer.connect()
    const producer = writer.producer()
    await producer.append(place, batchOf('a'))
    const fetcher = kafka.fetcher({ isolation: 'read_committed' })
    fetcher.seek(place, 0)
    let read = 0
    const readTo = async (end: number): Promise<void> => {
      while (read < end) for (const { nextOffset } of await fetcher.poll({ milliseconds: 100 })) read = nextOffset
    }
    await readTo(1)
    const over = await disturb()
    const written = producer.append(place, batchOf('b'))
    over?.()
    await written
    await readTo(2)
    await fetcher.close()
    await producer.close()
    await writer.close()
    expect(read).toBe(2)
  })
})

describe('a transaction commits once although', () => {
  const moves: Readonly<Record<string, () => void | Promise<void>>> = {
    'its coordinator moves': () => {
      for (const { id } of broker.nodes) broker.moveCoordinator({ transactionalId: 'x' }, id)
    },
    'its coordinator has to load first': () => {
      for (const { id } of broker.nodes) broker.moveCoordinator({ transactionalId: 'x' }, id, { milliseconds: 20 })
    },
    'the coordinator of its group moves': () => {
      for (const { id } of broker.nodes) broker.moveCoordinator({ group: 'g' }, id, { milliseconds: 20 })
    },
    'everything crashes and comes back': () => broker.crashRestart(),
  }

  test.each(Object.entries(moves))('%s', async (_, move) => {
    const member = await soleMember(kafka, 'g', 't')
    const transactions = kafka.transactions('x', { timeout })
    await transactions.init()
    await transactions.append(place, batchOf('a'))
    await move()
    await transactions.offsets(member, [{ ...place, offset: 7 }])
    await transactions.commit()
    await settled(kafka, place)
    await transactions.append(place, batchOf('b'))
    await move()
    await transactions.commit()
    await settled(kafka, place)
    expect(await valuesOf(kafka, place)).toEqual(['a', 'b'])
    expect(await kafka.positions('g', [place])).toMatchObject([{ offset: 7 }])
    await transactions.close()
    await member.leave()
  })
})

test('a transaction that expires is aborted, and its producer is told', async () => {
  const transactions = kafka.transactions('x', { timeout })
  await transactions.init()
  await transactions.append(place, batchOf('a'))
  expect([broker.expireTransaction('x'), broker.expireTransaction('y')]).toEqual([true, false])
  expect((await errorOf(transactions.commit()))?.fault).toMatch(/fenced|abortable/)
  await settled(kafka, place)
  expect(await valuesOf(kafka, place)).toEqual([])
  await transactions.close()
})

test('a member that is evicted joins again', async () => {
  const member = await soleMember(kafka, 'g', 't')
  const before = member.generation
  expect(broker.evict('g', member.memberId)).toBe(true)
  await until('the member is back', () => member.generation > before)
  await member.leave()
})

test('compaction and truncation are seen', async () => {
  const producer = kafka.producer()
  for (const value of ['k=1', 'k=2', 'k=3']) await producer.append(place, batchOf(value))
  broker.truncateTo(place, 2)
  expect(await valuesOf(kafka, place)).toEqual(['1', '2'])
  broker.compactNow('t')
  expect(await valuesOf(kafka, place)).toEqual(['2'])
  await producer.close()
})

test('markers do not get to a leader that stands still', async () => {
  // Before it is first asked for: to find it again, the client might ask the node that stands still.
  broker.moveCoordinator({ transactionalId: 'x' }, other(leader()))
  const transactions = kafka.transactions('x', { timeout })
  await transactions.init()
  await transactions.append(place, batchOf('a'))
  broker.pauseNode(leader())
  await transactions.commit()
  await until('a marker was tried', () => broker.requests({ api: 'EndTxn' }).length > 0)
  const seen = broker.describe().topics.find(({ name }) => name === 't')!.partitions[0]!
  broker.resumeNode(leader())
  await settled(kafka, place)
  expect([seen.stableOffset, seen.endOffset]).toEqual([0, 1])
  expect(await valuesOf(kafka, place)).toEqual(['a'])
  await transactions.close()
})
