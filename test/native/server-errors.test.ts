/** Apache Kafka sometimes answers UNKNOWN_SERVER_ERROR where it was fenced midway: whether it did what was asked is not known. */
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker } from '../../src/broker/index.ts'
import type { Kafka, MemberIdentity, Transactions } from '../../src/kafka/port.ts'
import { errorCode } from '../../src/wire/errors.ts'
import { batchOf, connected, errorOf, settled, valuesOf } from '../contracts/tools.ts'

const place = { topic: 't', partition: 0 }
const transactionalId = 'writer'
const unknown = faultActions.error(errorCode.UNKNOWN_SERVER_ERROR)
const always = Number.POSITIVE_INFINITY

let broker: EmbeddedBroker
let kafka: Kafka

afterEach(async () => {
  await kafka.close()
  await broker.close()
})

async function begin(transactionVersion: 0 | 2): Promise<Transactions> {
  broker = await startBroker({ features: { transactionVersion } })
  const retry = { retries: 3, initialRetryTime: 1, maxRetryTime: 1 }
  kafka = await connected(broker.addresses, { retry, requestTimeout: 1_000 })
  await kafka.topics.create([{ name: place.topic, partitions: 1 }])
  const transactions = kafka.transactions(transactionalId, { timeout: { seconds: 20 } })
  await transactions.init()
  return transactions
}

/** A group of one, and who is in it. */
function join(): Promise<MemberIdentity> {
  return kafka.join('g', {
    topics: [place.topic],
    protocolName: 'test',
    claim: () => ({ owned: [], userData: new Uint8Array(0) }),
    assign: async (members) =>
      new Map(members.map(({ memberId }) => [memberId, { partitions: [place], userData: new Uint8Array(0) }])),
    assigned: async () => 'stay' as const,
    lost: () => undefined,
  })
}

/** One record, one position, and the end. */
async function work(transactions: Transactions, member: MemberIdentity, value: string): Promise<void> {
  await transactions.append(place, batchOf(value))
  await transactions.offsets(member, [{ ...place, offset: 1 }])
  await transactions.commit()
}

async function recovered(transactions: Transactions, member: MemberIdentity): Promise<(string | null)[]> {
  await transactions.init()
  await work(transactions, member, 'after')
  await settled(kafka, place)
  return await valuesOf(kafka, place)
}

/** An append is told what became of it; whoever writes on or ends, what is left to do. */
const persistent = [
  ['Produce', 'unknown-outcome'],
  ['TxnOffsetCommit', 'abortable'],
  ['EndTxn', 'unknown-outcome'],
] as const
const second = ['Produce', 'TxnOffsetCommit', 'EndTxn'] as const
const first = [...second, 'AddPartitionsToTxn', 'AddOffsetsToTxn'] as const

describe('UNKNOWN_SERVER_ERROR in a transaction', () => {
  it.each(second)('is asked about again under protocol 2 (%s)', async (api) => {
    const transactions = await begin(2)
    const member = await join()
    const fault = broker.faults.intercept({ api, transactionalId }, unknown)
    await work(transactions, member, 'once')
    await settled(kafka, place)
    expect(fault.hits).toBe(1)
    expect(await valuesOf(kafka, place)).toEqual(['once'])
  })

  it.each(persistent)('leaves abort or init where it does not go away under protocol 2 (%s)', async (api, seen) => {
    const transactions = await begin(2)
    const member = await join()
    const fault = broker.faults.intercept({ api, transactionalId, times: always }, unknown)
    const error = await errorOf(work(transactions, member, 'lost'))
    fault.remove()
    expect(error).toMatchObject({ fault: seen, reason: 'UNKNOWN_SERVER_ERROR' })
    expect(await recovered(transactions, member)).toEqual(['after'])
  })

  it.each(first)('leaves init under protocol 1 (%s)', async (api) => {
    const transactions = await begin(0)
    const member = await join()
    const fault = broker.faults.intercept({ api, transactionalId }, unknown)
    const error = await errorOf(work(transactions, member, 'lost'))
    expect(fault.hits).toBe(1)
    expect(error).toMatchObject({ fault: 'unknown-outcome', reason: 'UNKNOWN_SERVER_ERROR' })
    expect(await recovered(transactions, member)).toEqual(['after'])
  })

  it('is waited out where the id is taken over', async () => {
    const transactions = await begin(2)
    const fault = broker.faults.intercept({ api: 'InitProducerId', transactionalId }, unknown)
    await transactions.init()
    expect(fault.hits).toBe(1)
  })
})

it('repeats a batch outside of transactions, which idempotence makes safe', async () => {
  await begin(2)
  const fault = broker.faults.intercept({ api: 'Produce', topic: place.topic }, unknown)
  const producer = kafka.producer()
  await producer.append(place, batchOf('once'))
  expect(fault.hits).toBe(1)
  expect(await valuesOf(kafka, place)).toEqual(['once'])
})
