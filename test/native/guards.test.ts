/** What stands between the client's own requests and a wrong log; see `npm run must-fail`. */
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { faultActions } from '../../src/broker/index.ts'
import type { NativeConfig } from '../../src/kafka/native/config.ts'
import type { TopicPartition } from '../../src/record.ts'
import { AddPartitionsToTxn, EndTxn, InitProducerId, Produce } from '../../src/wire/apis/index.ts'
import { batchOf as bytesOf } from '../broker/wire-client.ts'
import { clientOf } from '../broker/wire-tools.ts'
import { batchOf, errorOf, settled, valuesOf } from '../contracts/tools.ts'
import { gate, startWorld, type World } from '../must-fail/world.ts'

const { closeAfter, hold } = faultActions
const timeout = { seconds: 20 }

let world: World

afterEach(() => world.close())

async function places(count: number): Promise<TopicPartition[]> {
  await world.bench.create(count, 'out')
  return Array.from({ length: count }, (_, partition) => ({ topic: 'out', partition }))
}

async function valuesIn(all: readonly TopicPartition[]): Promise<(string | null)[][]> {
  const { kafka } = world.bench
  for (const place of all) await settled(kafka, place)
  return await Promise.all(all.map((place) => valuesOf(kafka, place)))
}

/** Connects as usual, and keeps what it has connected: a connection that breaks leaves the broker what it has read. */
function keeping(sockets: Socket[]): NonNullable<NativeConfig['socketFactory']> {
  return ({ host, port, onConnect }) => {
    const socket = connect({ host, port, noDelay: true }, onConnect)
    sockets.push(socket)
    return socket
  }
}

describe('an abort that is still on its way when the next transaction begins', () => {
  it.each([[0], [2]] as const)('does not tear it (transaction.version %i)', async (transactionVersion) => {
    world = await startWorld({ features: { transactionVersion } })
    const all = await places(2)
    const [one, two] = all as [TopicPartition, TopicPartition]
    const sockets: Socket[] = []
    const kafka = await world.client('writer', { socketFactory: keeping(sockets) })
    const transactions = kafka.transactions('writer', { timeout })
    await transactions.init()
    await transactions.append(one, batchOf('lost'))
    const late = gate()
    const ending = world.broker.faults.intercept({ api: 'EndTxn', transactionalId: 'writer' }, hold(late.opened))
    const answered = () => world.asked('writer', 'EndTxn').length
    const aborting = errorOf(transactions.abort())
    await world.until('the abort is on its way', () => ending.hits === 1)
    for (const socket of sockets) socket.destroy()
    const error = await aborting
    if (error !== null) await transactions.init()
    await transactions.append(one, batchOf('x'))
    const before = answered()
    late.open()
    await world.until('the late abort has arrived', () => answered() > before)
    await transactions.append(two, batchOf('y'))
    await transactions.commit()
    await transactions.close()
    expect(ending.hits).toBe(1)
    expect(await valuesIn(all)).toEqual([['x'], ['y']])
    // The older protocol can't tell; the newer one can ask again, since each end raises the epoch.
    expect(error?.fault).toBe(transactionVersion === 0 ? 'unknown-outcome' : undefined)
  })

  it('tears it under the older protocol where a client goes on as if nothing were', async () => {
    world = await startWorld({ features: { transactionVersion: 0 } })
    const all = await places(2)
    const [client, stray] = [clientOf(world.broker, 1), clientOf(world.broker, 1)]
    const transactionalId = 'writer'
    const { producerId, producerEpoch } = await client.send(InitProducerId, 4, {
      transactionalId,
      transactionTimeoutMs: 60_000,
      producerId: -1,
      producerEpoch: -1,
    })
    const identity = { producerId, producerEpoch }
    const write = async (partition: number, value: string, baseSequence: number): Promise<void> => {
      const body = {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: [{ name: 'out', partitions: [partition] }],
      }
      await client.send(AddPartitionsToTxn, 3, body)
      const records = bytesOf([value], { ...identity, baseSequence, transactional: true })
      const topicData = [{ name: 'out', partitionData: [{ index: partition, records }] }]
      await client.send(Produce, 11, { transactionalId, acks: -1, timeoutMs: 1_000, topicData })
    }
    await write(0, 'lost', 0)
    const late = gate()
    const ending = world.broker.faults.intercept({ api: 'EndTxn' }, hold(late.opened))
    const aborted = stray.send(EndTxn, 4, { transactionalId, ...identity, committed: false })
    await world.until('the abort is on its way', () => ending.hits === 1)
    await write(0, 'x', 1)
    late.open()
    expect((await aborted).errorCode).toBe(0)
    await settled(world.bench.kafka, all[0]!)
    await write(1, 'y', 0)
    const { errorCode } = await client.send(EndTxn, 4, { transactionalId, ...identity, committed: true })
    for (const each of [client, stray]) each.close()
    expect(errorCode).toBe(0)
    expect(await valuesIn(all)).toEqual([[], ['y']])
  })
})

describe('a producer whose epochs are used up', () => {
  it('goes on under the producer id that it is given, also where it is told twice', async () => {
    world = await startWorld()
    const all = await places(1)
    const kafka = await world.client('writer')
    const transactions = kafka.transactions('writer', { timeout })
    const producerId = async () => (await kafka.admin.transactions.list()).find(({ id }) => id === 'writer')?.producerId
    await transactions.init()
    const first = await producerId()
    expect(world.broker.setProducerEpoch('writer', 32_764)).toBe(true)
    await transactions.init()
    const lost = world.broker.faults.intercept({ api: 'EndTxn', transactionalId: 'writer', nth: 2 }, closeAfter)
    const values = ['0', '1', '2', '3', '4']
    for (const value of values) {
      await transactions.append(all[0]!, batchOf(value))
      await transactions.commit()
    }
    await transactions.close()
    expect(lost.hits).toBe(1)
    expect(await producerId()).not.toBe(first)
    expect(await valuesIn(all)).toEqual([values])
  })
})

describe('a batch whose leader moves while it is sent', () => {
  it('is in the log once, in its order, although its answer was lost', async () => {
    world = await startWorld({ nodes: 2 })
    const all = await places(1)
    const [place] = all as [TopicPartition]
    world.broker.movePartition(place, 1)
    const moved = gate()
    const writer = (await world.client('writer')).producer()
    await writer.append(place, batchOf('0'))
    const match = { api: 'Produce', clientId: 'writer' }
    const faults = world.broker.faults.interceptEach(match, [closeAfter, hold(moved.opened)])
    const written = [writer.append(place, batchOf('1'))]
    await world.until('it is sent again', () => faults.hits === 2)
    world.broker.movePartition(place, 2)
    moved.open()
    await Promise.all(written)
    await writer.append(place, batchOf('2'))
    await writer.close()
    expect(world.broker.requests({ ...match, node: 2 }).length).toBeGreaterThan(0)
    expect(await valuesIn(all)).toEqual([['0', '1', '2']])
  })
})

describe('a member that is asked whether it still is one', () => {
  it('says no as soon as it knows, also while it is busy with what it was given', async () => {
    world = await startWorld()
    await places(1)
    const kafka = await world.client('member')
    const done = gate()
    let rounds = 0
    const member = await kafka.join('group', {
      topics: ['out'],
      protocolName: 'any',
      claim: () => ({ owned: [], userData: Buffer.alloc(0) }),
      assign: async () => new Map(),
      async assigned() {
        if (++rounds === 1) return 'rejoin'
        await done.opened
        return 'stay'
      },
      lost: () => undefined,
    })
    await world.until('it is busy', () => rounds === 2)
    expect(world.broker.evict('group', member.memberId)).toBe(true)
    expect((await errorOf(member.confirm()))?.reason).toBe('UNKNOWN_MEMBER_ID')
    done.open()
    await member.leave()
  })
})
