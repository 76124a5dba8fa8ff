import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker } from '../../src/broker/index.ts'
import {
  ApiVersions,
  CreateTopics,
  EndTxn,
  Fetch,
  InitProducerId,
  Metadata,
  Produce,
} from '../../src/wire/apis/index.ts'
import { encodeRequest } from '../../src/wire/codec.ts'
import { errorCode, errorName } from '../../src/wire/errors.ts'
import { type BatchOptions, batchOf, WireClient } from './wire-client.ts'

let broker: EmbeddedBroker
let client: WireClient

beforeEach(async () => {
  const failed = (error: Error): never => {
    throw error
  }
  broker = await startBroker({ onError: failed })
  client = new WireClient(broker.address)
  await create('t', {})
})
afterEach(async () => {
  client.close()
  await broker.close()
})

async function create(name: string, configs: Readonly<Record<string, string>>): Promise<void> {
  const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
  const topic = { name, numPartitions: 2, replicationFactor: 1, assignments: [], configs: entries }
  await client.send(CreateTopics, 7, { topics: [topic], timeoutMs: 1000, validateOnly: false })
}

interface Writing extends BatchOptions {
  readonly topic?: string
  readonly partition?: number
  readonly transactionalId?: string
  readonly records?: Buffer
}

async function produce(values: readonly string[], options: Writing = {}, from = client): Promise<string> {
  const { topic = 't', partition = 0, transactionalId = null, records = batchOf(values, options) } = options
  const topicData = [{ name: topic, partitionData: [{ index: partition, records }] }]
  const { responses } = await from.send(Produce, 12, { transactionalId, acks: -1, timeoutMs: 1000, topicData })
  const { errorCode: code, baseOffset } = responses[0]!.partitionResponses[0]!
  return code === 0 ? `@${baseOffset}` : errorName(code)
}

interface Reading {
  readonly offset?: number
  readonly minBytes?: number
  readonly maxWaitMs?: number
  readonly isolationLevel?: 0 | 1
}

function fetch(options: Reading = {}, from = client) {
  const { offset = 0, minBytes = 1, maxWaitMs = 0, isolationLevel = 0 } = options
  const partitions = [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1e6 }]
  return from
    .send(Fetch, 12, { maxWaitMs, minBytes, maxBytes: 1e6, isolationLevel, topics: [{ topic: 't', partitions }] })
    .then(({ responses }) => responses[0]!.partitions[0]!)
}

const endTransaction = (producerId: number, committed: boolean, from = client) =>
  from.send(EndTxn, 5, { transactionalId: 'x', producerId, producerEpoch: 0, committed })

const initialise = () =>
  client.send(InitProducerId, 5, {
    transactionalId: 'x',
    transactionTimeoutMs: 1000,
    producerId: -1,
    producerEpoch: -1,
  })

describe('bytes that are not requests end their connection and no other', () => {
  const size = (value: number): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(value)
    return bytes
  }
  const whole = encodeRequest(
    Metadata,
    12,
    { correlationId: 1, clientId: 'c' },
    { topics: null, allowAutoTopicCreation: true, includeTopicAuthorizedOperations: false },
  )
  const unknownApi = Buffer.concat([size(10), Buffer.from([3, 231, 0, 0, 0, 0, 0, 1, 255, 255])])
  const futureVersion = Buffer.from(whole)
  futureVersion.writeInt16BE(99, 6)
  const cutBody = Buffer.from(whole.subarray(0, whole.length - 3))
  cutBody.writeInt32BE(cutBody.length - 4)

  test.each([
    ['a negative size', size(-1)],
    ['a size beyond the limit', size(100 * 1024 * 1024 + 1)],
    ['an empty frame', size(0)],
    ['an API nobody knows', unknownApi],
    ['a version that is not served', futureVersion],
    ['a body that is cut off', cutBody],
    ['text', Buffer.from('GET / HTTP/1.1\r\nHost: kafka\r\n\r\n')],
  ])('%s', async (_, bytes) => {
    const stranger = new WireClient(broker.address)
    stranger.raw(bytes)
    await stranger.closed
    expect(await produce(['a'])).toBe('@0')
  })
})

test('ApiVersions in a version nobody knows is answered in version 0', async () => {
  const frame = encodeRequest(
    ApiVersions,
    4,
    { correlationId: 3, clientId: 'c' },
    { clientSoftwareName: 'a', clientSoftwareVersion: '1' },
  )
  frame.writeInt16BE(77, 6)
  const answer = client.receive(ApiVersions, 0)
  client.raw(frame)
  const { errorCode: code, apiKeys } = await answer
  expect(errorName(code)).toBe('UNSUPPORTED_VERSION')
  expect(apiKeys.find(({ apiKey }) => apiKey === Produce.key)).toEqual({ apiKey: 0, minVersion: 0, maxVersion: 12 })
})

test('a request that arrives byte by byte is a request', async () => {
  const frame = encodeRequest(ApiVersions, 0, { correlationId: 3, clientId: 'c' }, {})
  const answer = client.receive(ApiVersions, 0)
  for (const byte of frame) client.raw(Buffer.from([byte]))
  expect((await answer).errorCode).toBe(0)
})

describe('a connection', () => {
  test('answers in order: what waits keeps back what is behind it', async () => {
    const order: string[] = []
    const waiting = fetch({ maxWaitMs: 30_000 }).then(() => order.push('fetch'))
    const behind = client.send(ApiVersions, 0, {}).then(() => order.push('versions'))
    const second = new WireClient(broker.address)
    expect(await produce(['a'], {}, second)).toBe('@0')
    await Promise.all([waiting, behind])
    second.close()
    expect(order).toEqual(['fetch', 'versions'])
  })

  test('gives no answer to a Produce that wants none', async () => {
    const topicData = [{ name: 't', partitionData: [{ index: 0, records: batchOf(['a']) }] }]
    const header = { correlationId: 9, clientId: 'c' }
    client.raw(encodeRequest(Produce, 12, header, { transactionalId: null, acks: 0, timeoutMs: 1, topicData }))
    expect((await fetch()).highWatermark).toBe(1)
  })
})

describe('a long poll', () => {
  test('ends with its time', async () => {
    expect((await fetch({ maxWaitMs: 20 })).records!.length).toBe(0)
  })

  test('waits for enough bytes', async () => {
    const second = new WireClient(broker.address)
    const one = batchOf(['a']).length
    const waiting = fetch({ maxWaitMs: 30_000, minBytes: one * 2 }, second)
    await produce(['a'])
    await produce(['b'])
    expect((await waiting).records!.length).toBe(one * 2)
    second.close()
  })

  test('under read_committed counts what is stable', async () => {
    const { producerId } = await initialise()
    const writing = { producerId, producerEpoch: 0, transactional: true, transactionalId: 'x' }
    await produce(['a'], { ...writing, baseSequence: 0 })
    const second = new WireClient(broker.address)
    const waiting = fetch({ maxWaitMs: 30_000, isolationLevel: 1 }, second)
    await produce(['b'], { ...writing, baseSequence: 1 })
    await endTransaction(producerId, false)
    const { lastStableOffset, abortedTransactions, records } = await waiting
    expect([lastStableOffset, abortedTransactions]).toEqual([3, [{ producerId, firstOffset: 0 }]])
    expect(records!.length).toBeGreaterThan(0)
    second.close()
  })
})

describe('what a batch must be', () => {
  test.each([
    ['changed on its way', 'CORRUPT_MESSAGE', () => changed(batchOf(['a']))],
    ['twice in one set', 'INVALID_RECORD', () => Buffer.concat([batchOf(['a']), batchOf(['b'])])],
    ['too large', 'MESSAGE_TOO_LARGE', () => batchOf(['x'.repeat(1_100_000)])],
    ['nothing', 'CORRUPT_MESSAGE', () => Buffer.alloc(0)],
  ])('%s: %s', async (_, name, records) => {
    expect(await produce([], { records: records() })).toBe(name)
  })

  test('a compacted topic asks for keys', async () => {
    await create('compacted', { 'cleanup.policy': 'compact' })
    expect(await produce(['k=v', 'v'], { topic: 'compacted' })).toBe('INVALID_RECORD')
    expect(await produce(['k=v'], { topic: 'compacted' })).toBe('@0')
  })

  const changed = (batch: Buffer): Buffer => {
    batch[batch.length - 1]! ^= 1
    return batch
  }
})

describe('faults', () => {
  test('hit the request they are meant for, once', async () => {
    const fault = broker.faults.intercept(
      { api: 'Produce', topic: 't', nth: 2 },
      faultActions.error(errorCode.NOT_LEADER_OR_FOLLOWER),
    )
    expect([await produce(['a']), await produce(['b']), await produce(['c']), fault.hits]).toEqual([
      '@0',
      'NOT_LEADER_OR_FOLLOWER',
      '@1',
      1,
    ])
  })

  test('leave other requests alone', async () => {
    const matches = [{ topic: 'other' }, { clientId: 'other' }, { transactionalId: 'other' }, { api: 'Fetch' }]
    const faults = matches.map((match) => broker.faults.intercept(match, faultActions.closeBefore))
    expect(await produce(['a'])).toBe('@0')
    expect(faults.map(({ hits }) => hits)).toEqual([0, 0, 0, 0])
    for (const fault of faults) fault.remove()
    expect((await fetch()).highWatermark).toBe(1)
  })

  test.each([
    ['closeBefore', faultActions.closeBefore, 0],
    ['closeAfter', faultActions.closeAfter, 1],
  ])('%s ends the connection, %s', async (_, action, written) => {
    const second = new WireClient(broker.address, 'second')
    broker.faults.intercept({ api: 'Produce', clientId: 'second' }, action)
    await expect(produce(['a'], {}, second)).rejects.toThrow('connection closed')
    expect((await fetch()).highWatermark).toBe(written)
  })

  test('hold executes later, drop never', async () => {
    const gate = Promise.withResolvers<void>()
    broker.faults.intercept({ api: 'Produce', clientId: 'second' }, faultActions.hold(gate.promise))
    const second = new WireClient(broker.address, 'second')
    const held = produce(['a'], {}, second)
    expect((await fetch()).highWatermark).toBe(0)
    gate.resolve()
    expect(await held).toBe('@0')
    broker.faults.intercept({ api: 'Produce', clientId: 'second' }, faultActions.drop)
    const dropped = produce(['b'], {}, second)
    dropped.catch(() => {})
    expect([(await fetch()).highWatermark, await produce(['c'])]).toEqual([1, '@1'])
    second.close()
  })

  test('held markers keep committed data from readers', async () => {
    const release = broker.holdMarkers({ topic: 't', partition: 0 })
    const { producerId } = await initialise()
    await produce(['a'], { producerId, producerEpoch: 0, baseSequence: 0, transactional: true, transactionalId: 'x' })
    expect(errorName((await endTransaction(producerId, true)).errorCode)).toBe('NONE')
    expect((await fetch({ isolationLevel: 1, maxWaitMs: 30 })).records!.length).toBe(0)
    const second = new WireClient(broker.address)
    const waiting = fetch({ isolationLevel: 1, maxWaitMs: 30_000 }, second)
    release()
    expect((await waiting).lastStableOffset).toBe(2)
    second.close()
  })
})
