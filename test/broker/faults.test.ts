import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, faultActions, startBroker } from '../../src/broker/index.ts'
import {
  ApiVersions,
  FindCoordinator,
  Heartbeat,
  ListOffsets,
  OffsetFetch,
  Produce,
} from '../../src/wire/apis/index.ts'
import { errorCode, errorName } from '../../src/wire/errors.ts'
import { batchOf, type WireClient } from './wire-client.ts'
import { clientOf, createTopic, fetchFrom, write } from './wire-tools.ts'

const { delay, duplicate, error, throttle, drop } = faultActions

let broker: EmbeddedBroker
let client: WireClient

beforeEach(async () => {
  broker = await startBroker({ nodes: 2, requestLog: 8 })
  client = clientOf(broker, 1)
  await createTopic(client, 't', { on: [[1, 2]] })
})
afterEach(async () => {
  client.close()
  await broker.close()
})

describe('a fault', () => {
  test('is meant for a node, or a group', async () => {
    const fenced = error(errorCode.COORDINATOR_NOT_AVAILABLE)
    const other = broker.faults.intercept({ node: 2 }, drop)
    const found = broker.faults.intercept({ groupId: 'g', api: 'FindCoordinator' }, fenced)
    const fetched = broker.faults.intercept({ groupId: 'g', api: 'OffsetFetch' }, fenced)
    const beaten = broker.faults.intercept({ groupId: 'g', api: 'Heartbeat' }, fenced)
    await client.send(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['other'] })
    await client.send(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] })
    await client.send(OffsetFetch, 9, { groups: [{ groupId: 'g', topics: null }], requireStable: true })
    await client.send(Heartbeat, 4, { groupId: 'g', generationId: 1, memberId: 'm' })
    expect([other, found, fetched, beaten].map(({ hits }) => hits)).toEqual([0, 1, 1, 1])
    expect(broker.faults.unhit()).toEqual([{ node: 2 }])
  })

  test('hits as often as it was asked to, and each request once', async () => {
    const slow = broker.faults.intercept({ api: 'Produce', times: 2 }, delay(1))
    const failing = broker.faults.intercept({ api: 'Produce' }, error(errorCode.REQUEST_TIMED_OUT))
    const seen = [await write(client, 't', ['a']), await write(client, 't', ['a']), await write(client, 't', ['a'])]
    expect([seen, slow.hits, failing.hits]).toEqual([['REQUEST_TIMED_OUT', '@0', '@1'], 2, 1])
  })

  test('of several steps meets one request after another', async () => {
    const stack = broker.faults.interceptEach({ api: 'Produce' }, [
      [delay(1), error(errorCode.NOT_LEADER_OR_FOLLOWER)],
      error(errorCode.REQUEST_TIMED_OUT),
      delay(1),
    ])
    const seen: string[] = []
    for (let time = 0; time < 4; time++) seen.push(await write(client, 't', ['a']))
    expect([seen, stack.hits]).toEqual([['NOT_LEADER_OR_FOLLOWER', 'REQUEST_TIMED_OUT', '@0', '@1'], 3])
  })

  test('that was removed before it hit is told', async () => {
    broker.faults.intercept({ api: 'EndTxn', transactionalId: 'x' }, drop).remove()
    expect([broker.faults.isQuiet, broker.faults.unhit()]).toEqual([true, [{ api: 'EndTxn', transactionalId: 'x' }]])
  })
})

describe('duplicate', () => {
  test('executes a request twice and answers once', async () => {
    broker.faults.intercept({ api: 'Produce' }, duplicate)
    expect([await write(client, 't', ['a']), await write(client, 't', ['b'])]).toEqual(['@0', '@2'])
  })

  test('does nothing to an idempotent producer', async () => {
    broker.faults.intercept({ api: 'Produce' }, duplicate)
    const identity = { producerId: 7, producerEpoch: 0 }
    expect(await write(client, 't', ['a'], { ...identity, baseSequence: 0 })).toBe('@0')
    expect(await write(client, 't', ['b'], { ...identity, baseSequence: 1 })).toBe('@1')
  })
})

describe('throttle', () => {
  test('is told in the answer, and nothing is read meanwhile', async () => {
    broker.faults.intercept({ api: 'Produce' }, throttle(60_000))
    const topicData = [{ name: 't', partitionData: [{ index: 0, records: batchOf(['a']) }] }]
    const answer = await client.send(Produce, 12, { transactionalId: null, acks: -1, timeoutMs: 1, topicData })
    expect([answer.throttleTimeMs, answer.responses[0]!.partitionResponses[0]!.errorCode]).toEqual([60_000, 0])
    const behind = client.send(ApiVersions, 0, {}).then(
      () => 'answered',
      () => 'never',
    )
    const other = clientOf(broker, 1)
    await other.send(ApiVersions, 0, {})
    expect(broker.requests({ api: 'ApiVersions' })).toHaveLength(1)
    client.close()
    other.close()
    expect(await behind).toBe('never')
  })

  test('goes on when its time is over; a version that cannot tell is throttled too', async () => {
    const stop = broker.throttle('test', { milliseconds: 1 })
    const topics = [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1 }] }]
    const old = await client.send(ListOffsets, 1, { replicaId: -1, topics })
    const told = await client.send(ListOffsets, 2, { replicaId: -1, isolationLevel: 0, topics })
    stop()
    const free = await client.send(ListOffsets, 2, { replicaId: -1, isolationLevel: 0, topics })
    expect([old, told, free].map(({ throttleTimeMs }) => throttleTimeMs)).toEqual([0, 1, 0])
  })
})

describe('the request log', () => {
  test('tells who asked what of whom, and what came of it', async () => {
    await write(client, 't', ['a'])
    await fetchFrom(client, 't', { fetchOffset: 99 })
    broker.faults.intercept({ api: 'Fetch' }, drop)
    fetchFrom(client, 't').catch(() => {})
    const second = clientOf(broker, 2, 'second')
    await write(second, 't', ['b'])
    const told = broker
      .requests()
      .slice(-4)
      .map(({ api, node, clientId, topics, errorCode: code }) => {
        return [api, node, clientId, topics.join(), code === null ? 'none' : errorName(code)]
      })
    second.close()
    expect(told).toEqual([
      ['Produce', 1, 'test', 't', 'NONE'],
      ['Fetch', 1, 'test', 't', 'OFFSET_OUT_OF_RANGE'],
      ['Fetch', 1, 'test', 't', 'none'],
      ['Produce', 2, 'second', 't', 'NOT_LEADER_OR_FOLLOWER'],
    ])
    expect(broker.requests({ clientId: 'second' })).toHaveLength(1)
  })

  test('keeps the last ones', async () => {
    for (let time = 0; time < 20; time++) await client.send(ApiVersions, 0, {})
    await write(client, 't', ['a'])
    const kept = broker.requests().map(({ api }) => api)
    expect(kept).toEqual([...Array(7).fill('ApiVersions'), 'Produce'])
  })

  test('is off unless asked for', async () => {
    const plain = await startBroker()
    expect(() => plain.requests()).toThrow('`requestLog`')
    await plain.close()
  })
})
