/** What kafkajs 2.2.4 does, row by row of the table of its gaps, and what the adapter makes of it. */
import kafkajsPackage, { type Kafka as KafkajsClient } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker } from '../../src/broker/index.ts'
import { kafkajs } from '../../src/kafka/kafkajs/index.ts'
import type { Kafka, Transactions } from '../../src/kafka/port.ts'
import { Produce } from '../../src/wire/apis/00-produce.ts'
import { EndTxn } from '../../src/wire/apis/26-end-txn.ts'
import { BatchBuilder } from '../../src/wire/batch.ts'
import { type Compression, deflate, inflate } from '../../src/wire/compression/compression.ts'
import { joinCooperatively, soleMember } from '../contracts/members.ts'
import { startProxy } from '../contracts/proxy.ts'
import {
  batchOf,
  connected,
  endOf,
  errorOf,
  faultOf,
  readUpTo,
  rowsOf,
  settled,
  unique,
  until,
  valuesOf,
} from '../contracts/tools.ts'

let broker: EmbeddedBroker
let native: Kafka
let plain: KafkajsClient
let adapted: Kafka

beforeAll(async () => {
  broker = await startBroker({ markerDelay: { minimum: 0, maximum: 5 } })
  native = await connected(broker.address)
  const config = {
    brokers: [broker.address],
    logLevel: kafkajsPackage.logLevel.NOTHING,
    retry: { initialRetryTime: 10 },
  }
  plain = new kafkajsPackage.Kafka(config)
  adapted = kafkajs(plain)
  await adapted.connect()
})
afterAll(async () => {
  await adapted?.close()
  await native?.close()
  await broker?.close()
})

async function place(configs: Record<string, string> = {}): Promise<{ topic: string; partition: number }> {
  const topic = unique('gap')
  await native.topics.create([{ name: topic, partitions: 1, configs }])
  return { topic, partition: 0 }
}

async function begin(): Promise<Transactions> {
  const transactions = native.transactions(unique('tx'), { timeout: { seconds: 20 } })
  await transactions.init()
  return transactions
}

/** What a consumer of kafkajs is shown up to the value `last`. */
async function consumed(topic: string, last: string): Promise<string[]> {
  const consumer = plain.consumer({ groupId: unique('plain') })
  const found: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      found.push(String(message.value))
      if (found.at(-1) === last) resolve()
    },
  })
  await promise
  await consumer.disconnect()
  return found
}

describe('reads of committed data', () => {
  it('show aborted records in kafkajs, whose list of aborted transactions is in the order of their ends; not here', async () => {
    const at = await place()
    const [first, second] = [await begin(), await begin()]
    await first.append(at, batchOf('lost 0'))
    await second.append(at, batchOf('lost 1'))
    await second.abort()
    await until('the second is aborted', async () => (await endOf(native, at)) === 3)
    await first.abort()
    await until('the first is aborted', async () => (await endOf(native, at)) === 4)
    await first.append(at, batchOf('kept'))
    await first.commit()
    await settled(native, at)
    expect(await valuesOf(native, at)).toEqual(['kept'])
    expect(await consumed(at.topic, 'kept')).toContain('lost 0')
    expect(await valuesOf(adapted, at)).toEqual(['kept'])
    expect(await valuesOf(adapted, at, 'read_uncommitted')).toEqual(['lost 0', 'lost 1', 'kept'])
    for (const each of [first, second]) await each.close()
  })

  it('end in kafkajs at a key of four zero bytes, which it takes for an abort; not here', async () => {
    const at = await place()
    const transactions = await begin()
    const batch = new BatchBuilder()
    batch.append(1, Buffer.alloc(4), 'lost 0')
    batch.append(2, 'k', 'lost 1')
    await transactions.append(at, batch)
    await transactions.abort()
    await transactions.append(at, batchOf('kept'))
    await transactions.commit()
    await settled(native, at)
    expect(await consumed(at.topic, 'kept')).toContain('lost 1')
    expect(await valuesOf(adapted, at)).toEqual(['kept'])
    await transactions.close()
  })
})

describe('a transaction of kafkajs', () => {
  it('whose commit was not answered leaves a producer that can do nothing more, though it was committed', async () => {
    const at = await place()
    const proxy = await startProxy(broker.address)
    const client = new kafkajsPackage.Kafka({
      brokers: [proxy.address],
      logLevel: kafkajsPackage.logLevel.NOTHING,
      retry: { initialRetryTime: 10 },
    })
    const producer = client.producer({ transactionalId: unique('tx'), maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    const transaction = await producer.transaction()
    await transaction.send({ topic: at.topic, messages: [{ value: 'kept' }] })
    const cut = proxy.cutAnswer(EndTxn)
    await expect(transaction.commit()).rejects.toThrow()
    await expect(transaction.abort()).rejects.toThrow()
    await expect(producer.transaction()).rejects.toThrow(/COMMITTING/)
    await settled(native, at)
    expect([cut.hits, await valuesOf(native, at)]).toEqual([1, ['kept']])
    await producer.disconnect()
    await proxy.close()
  })
})

describe('positions', () => {
  it('of a transaction are committed by kafkajs for who was never a member: so its transactions are refused', async () => {
    const at = await place()
    const group = unique('group')
    const member = await soleMember(native, group, at.topic)
    const zombie = plain.producer({ transactionalId: unique('zombie'), maxInFlightRequests: 1, idempotent: true })
    await zombie.connect()
    const transaction = await zombie.transaction()
    const topics = [{ topic: at.topic, partitions: [{ partition: 0, offset: '5' }] }]
    await transaction.sendOffsets({ consumerGroupId: group, topics })
    await transaction.commit()
    expect(await native.positions(group, [at])).toEqual([{ ...at, offset: 5 }])
    expect(() => adapted.transactions('any', { timeout: { seconds: 10 } })).toThrow(
      'Transactions over kafkajs are refused',
    )
    await zombie.disconnect()
    await member.leave()
  })

  it('are read by kafkajs while a transaction is still to move them: requireStable is not declared', async () => {
    const at = await place()
    const group = unique('group')
    const member = await soleMember(native, group, at.topic)
    const transactions = await begin()
    const release = broker.holdOffsets(group)
    await transactions.offsets(member, [{ ...at, offset: 7 }])
    await transactions.commit()
    expect(await adapted.positions(group, [at])).toEqual([{ ...at, offset: -1 }])
    expect(adapted.features.requireStable).toBe(false)
    const stable = native.positions(group, [at])
    release()
    expect(await stable).toEqual([{ ...at, offset: 7 }])
    await transactions.close()
    await member.leave()
  })

  it('outside the log are left as they are, and told', async () => {
    const at = await place()
    const group = unique('group')
    const { membership } = await joinCooperatively(adapted, group, at.topic, 'one')
    await adapted.commit(membership, [{ ...at, offset: 3 }])
    const fetcher = adapted.fetcher({ isolation: 'read_committed' })
    fetcher.seek(at, 3)
    const error = await errorOf(fetcher.poll({ seconds: 30 }))
    expect([error?.fault, error?.partition]).toEqual(['out-of-range', at])
    expect(await native.positions(group, [at])).toEqual([{ ...at, offset: 3 }])
    await fetcher.close()
    await membership.leave()
  })
})

describe('a producer', () => {
  it('sends no more than a thousand records in a request, to the partition it was told', async () => {
    const at = await place()
    const producer = adapted.producer()
    const values = Array.from({ length: 2_500 }, (_, n) => `${n}`)
    expect(await producer.append(at, batchOf(...values))).toEqual({ offset: 0 })
    expect(await valuesOf(native, at)).toEqual(values)
    const fetcher = native.fetcher({ isolation: 'read_committed' })
    fetcher.seek(at, 0)
    const fetched = await readUpTo(fetcher, [{ ...at, offset: 2_500 }])
    expect(fetched.flatMap(({ batches }) => batches.map(({ recordCount }) => recordCount))).toEqual([1_000, 1_000, 500])
    await fetcher.close()
    await producer.close()
  })

  it('that kafkajs has given up is unknown, what waited behind is refused, and the next goes on with a new one', async () => {
    const at = await place()
    const proxy = await startProxy(broker.address)
    const kafka = kafkajs({ brokers: [proxy.address], retry: { retries: 1, initialRetryTime: 1 } })
    const producer = kafka.producer()
    await producer.append(at, batchOf('first'))
    const cuts = [proxy.cutAnswer(Produce), proxy.cutAnswer(Produce)]
    const [unknown, behind] = [producer.append(at, batchOf('unknown')), producer.append(at, batchOf('behind'))]
    expect(await Promise.all([faultOf(unknown), faultOf(behind)])).toEqual(['unknown-outcome', 'retriable'])
    expect(cuts.map(({ hits }) => hits)).toEqual([1, 1])
    await producer.append(at, batchOf('next'))
    expect(await valuesOf(native, at)).toEqual(['first', 'unknown', 'next'])
    await kafka.close()
    await proxy.close()
  })

  it('refuses a header without a value, and says that kafkajs can not write it', async () => {
    const at = await place()
    const producer = adapted.producer()
    const batch = new BatchBuilder()
    batch.append(1, 'k', 'v', [{ name: 'empty', value: null }])
    const error = await errorOf(producer.append(at, batch))
    expect([error?.fault, error?.message]).toEqual([
      'rejected',
      `kafkajs can't write the header "empty", which is null`,
    ])
    expect(await producer.append(at, batchOf('after'))).toEqual({ offset: 0 })
    await producer.close()
  })

  it('keeps who awaits it from having more than so many bytes on their way', async () => {
    const at = await place()
    const gate = Promise.withResolvers<void>()
    const held = broker.faults.intercept({ api: 'Produce', topic: at.topic }, faultActions.hold(gate.promise))
    const producer = adapted.producer({ maxBufferedBytes: 1_000 })
    const appended = producer.append(at, batchOf('x'.repeat(2_000)))
    let hasRoom = false
    const waiting = producer.room().then(() => {
      hasRoom = true
    })
    await until('the batch is held', () => held.hits === 1)
    expect(hasRoom).toBe(false)
    gate.resolve()
    await Promise.all([appended, waiting])
    await producer.close()
  })
})

describe('a topic that is deleted', () => {
  it('spoils all metadata of kafkajs, and keeps nothing here from going on', async () => {
    const [doomed, other] = [await place(), await place()]
    const producer = native.producer()
    for (const at of [doomed, other]) await producer.append(at, batchOf('before'))
    const fetcher = adapted.fetcher({ isolation: 'read_committed' })
    for (const at of [doomed, other]) fetcher.seek(at, 0)
    await readUpTo(
      fetcher,
      [doomed, other].map((at) => ({ ...at, offset: 1 })),
    )
    expect(await endOf(adapted, doomed)).toBe(1)
    await native.admin.deleteTopics([doomed.topic])
    await producer.append(other, batchOf('after'))
    await readUpTo(fetcher, [{ ...other, offset: 2 }])
    const another = await place()
    expect([await endOf(adapted, other), await endOf(adapted, another)]).toEqual([2, 0])
    fetcher.remove(doomed)
    fetcher.seek(another, 0)
    await producer.append(another, batchOf('new'))
    await readUpTo(fetcher, [{ ...another, offset: 1 }])
    await fetcher.close()
    await producer.close()
  })
})

describe('compression', () => {
  const codecs: readonly Exclude<Compression, 'none'>[] = ['gzip', 'snappy', 'lz4', 'zstd']

  it.each(codecs)('%s is written and read, also by whoever else', async (compression) => {
    const at = await place()
    const values = Array.from({ length: 50 }, (_, n) => `compressible compressible ${n}`)
    const producer = adapted.producer({ compression })
    await producer.append(at, batchOf(...values))
    expect(await valuesOf(adapted, at)).toEqual(values)
    const fetcher = native.fetcher({ isolation: 'read_committed' })
    fetcher.seek(at, 0)
    const [batch] = (await readUpTo(fetcher, [{ ...at, offset: 50 }])).flatMap(({ batches }) => batches)
    expect([batch!.compression, rowsOf(batch!).map(({ value }) => value)]).toEqual([compression, values])
    await fetcher.close()
    await producer.close()
  })

  it('leaves a codec alone that the application has registered', async () => {
    const { CompressionCodecs, CompressionTypes } = kafkajsPackage
    const before = CompressionCodecs[CompressionTypes.ZSTD]
    const own = {
      compress: async ({ buffer }: { buffer: Buffer }) => deflate('zstd', buffer),
      decompress: async (bytes: Buffer) => inflate('zstd', bytes, 1_000_000),
    }
    CompressionCodecs[CompressionTypes.ZSTD] = () => own
    kafkajs({ brokers: ['localhost:1'] })
    expect(CompressionCodecs[CompressionTypes.ZSTD]()).toBe(own)
    CompressionCodecs[CompressionTypes.ZSTD] = before
  })
})

describe('an administrator', () => {
  it('has the calls it declares, and is told why not the others', async () => {
    const at = await place()
    const { admin } = adapted
    await admin.createPartitions(at.topic, 3)
    expect(await adapted.topics.describe([at.topic])).toEqual([{ name: at.topic, exists: true, partitions: 3 }])
    const group = unique('group')
    const member = await soleMember(native, group, at.topic)
    expect(await admin.groups.list()).toContainEqual({ id: group, protocolType: 'consumer', state: '' })
    expect(await faultOf(admin.groups.delete([group]))).toBe('rejected')
    await member.leave()
    await admin.groups.delete([group, unique('nobody')])
    const refused = [
      admin.alterConfigs([]),
      admin.groups.describe([group]),
      admin.groups.setPositions(group, []),
      admin.transactions.list(),
      admin.transactions.describe([]),
      admin.transactions.producers([]),
    ]
    const reasons = await Promise.all(refused.map(async (call) => (await errorOf(call))?.reason))
    expect(reasons).toEqual(refused.map(() => 'UNSUPPORTED'))
    expect([...admin.calls].sort()).toEqual([
      'createPartitions',
      'deleteTopics',
      'describeConfigs',
      'groups.delete',
      'groups.list',
    ])
  })
})
