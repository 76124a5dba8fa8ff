/** What happens to logs by themselves as time passes, and what a crash of the whole broker leaves. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Broker } from '../../src/broker/broker.ts'
import { type Answer, dispatch } from '../../src/broker/dispatch.ts'
import { type BrokerOptions, faultActions, VirtualClock } from '../../src/broker/index.ts'
import { settingsOf } from '../../src/broker/options.ts'
import { DirectoryData } from '../../src/broker/storage/directory.ts'
import { StorageFault } from '../../src/broker/storage/segment-bytes.ts'
import type { Topic } from '../../src/broker/topics.ts'
import { CreateTopics, Fetch, ListOffsets, OffsetCommit, Produce } from '../../src/wire/apis/index.ts'
import { decodeResponse, encodeRequest } from '../../src/wire/codec.ts'
import { errorCode } from '../../src/wire/errors.ts'
import type { Api, RequestInput, Response } from '../../src/wire/schema.ts'
import { FaultyFiles } from './faulty-files.ts'
import { append, recordsOf } from './storage-tools.ts'
import { batchOf } from './wire-client.ts'

const minutes = 60_000
let directory: string
let clock: VirtualClock
let brokers: Broker[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-maintenance-'))
  clock = new VirtualClock()
  brokers = []
})
afterEach(() => {
  for (const broker of brokers) broker.close()
  rmSync(directory, { recursive: true, force: true })
})

function open(options: BrokerOptions = {}): Broker {
  const broker = new Broker(settingsOf({ directory, clock, ...options }))
  brokers.push(broker)
  return broker
}

function create(broker: Broker, configs: Readonly<Record<string, string>> = {}, partitions = 1): Topic {
  return broker.topics.create('orders', partitions, new Map(Object.entries(configs)))
}

const rowsOf = (topic: Topic): string[] => recordsOf(topic.partitions[0]!)

describe('as time passes', () => {
  test('old segments go, within the interval of the check', () => {
    const topic = create(open({ directory: join(directory, 'a') }), { 'retention.ms': String(10 * minutes) })
    append(topic.partitions[0]!, ['a'], {}, clock.now())
    clock.advanceNow({ minutes: 10 })
    expect(rowsOf(topic)).toEqual(['0:a'])
    clock.advanceNow({ minutes: 5 })
    expect(rowsOf(topic)).toEqual([])
    expect(readdirSync(join(directory, 'a', 'orders-0'))).toEqual(['00000000000000000001.log'])
  })

  test('keys are compacted', () => {
    const topic = create(open(), { 'cleanup.policy': 'compact', 'segment.ms': '1000' })
    for (const value of ['a=1', 'a=2', 'a=3'])
      append(topic.partitions[0]!, [value], {}, clock.now() + rowsOf(topic).length * 2000)
    clock.advanceNow({ seconds: 14 })
    expect(rowsOf(topic)).toEqual(['0:a=1', '1:a=2', '2:a=3'])
    clock.advanceNow({ seconds: 1 })
    expect(rowsOf(topic)).toEqual(['1:a=2', '2:a=3'])
  })

  test('producers are forgotten', () => {
    const [log] = create(open()).partitions
    append(log!, ['a'], { producerId: 1, producerEpoch: 0, baseSequence: 0 }, clock.now())
    clock.advanceNow({ hours: 23 })
    expect(log!.producers.describe()).toHaveLength(1)
    clock.advanceNow({ hours: 2 })
    expect(log!.producers.describe()).toHaveLength(0)
  })

  test('what is written is flushed', () => {
    const [log] = create(open({ flush: 'interval', flushInterval: { seconds: 1 } })).partitions
    append(log!, ['a'])
    clock.advanceNow({ seconds: 1 })
    append(log!, ['b'])
    brokers.pop()!.crash({ loseUnsynced: true })
    expect(rowsOf(open().topics.get('orders')!)).toEqual(['0:a'])
  })
})

describe('what a crash leaves', () => {
  test('topics, epochs and settings that were answered for, without a close', () => {
    const before = open({ nodes: 2 })
    const topic = create(before, { 'retention.ms': '7' }, 2)
    before.topics.grow(topic, 3)
    before.topics.setConfigs(topic, new Map([['retention.ms', '8']]))
    topic.partitions[1]!.raiseLeaderEpoch()
    append(topic.partitions[2]!, ['a', 'b'])
    topic.partitions[2]!.deleteBelow(1)
    const { clusterId } = before
    brokers.pop()!.crash({ loseUnsynced: false })
    const after = open({ nodes: 2 })
    const again = after.topics.get('orders')!
    expect([after.clusterId, again.id]).toEqual([clusterId, topic.id])
    expect(again.configs.entries().find(({ name }) => name === 'retention.ms')?.value).toBe('8')
    expect(again.partitions.map(({ leaderEpoch, startOffset }) => [leaderEpoch, startOffset])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ])
    expect(again.partitions.map(({ leader, replicas }) => [leader, replicas])).toEqual(
      topic.partitions.map(({ leader, replicas }) => [leader, replicas]),
    )
  })

  test('no file of a topic that was deleted, and a topic of the same name begins anew', () => {
    const broker = open()
    const topic = create(broker)
    append(topic.partitions[0]!, ['a'])
    broker.deleteTopic(topic)
    expect(existsSync(join(directory, 'orders-0'))).toBe(false)
    const again = create(broker)
    expect(again.id).not.toBe(topic.id)
    expect(append(again.partitions[0]!, ['b'])).toBe('@0')
    brokers.pop()!.crash({ loseUnsynced: false })
    expect(rowsOf(open().topics.get('orders')!)).toEqual(['0:b'])
  })

  test('a directory that cannot be opened is free for the next broker', () => {
    const topic = create(open(), { 'segment.ms': '1' })
    for (const time of [1, 10, 20]) append(topic.partitions[0]!, ['a'], {}, time)
    brokers.pop()!.close()
    const path = join(directory, 'orders-0', '00000000000000000000.log')
    const whole = readFileSync(path)
    truncateSync(path, 30)
    expect(() => open()).toThrow(/damaged/)
    writeFileSync(path, whole)
    expect(rowsOf(open().topics.get('orders')!)).toEqual(['0:a', '1:a', '2:a'])
  })
})

test('a full disk is told to clients, request by request, and the broker goes on when there is space', () => {
  const files = new FaultyFiles()
  const settings = settingsOf({ clock })
  const broker = new Broker(settings, new DirectoryData({ directory, flush: 'none', files }))
  brokers.push(broker)
  const topic = create(broker)
  append(topic.partitions[0]!, ['a'])
  files.bytesLeft = 20
  const code = errorCode.KAFKA_STORAGE_ERROR
  const topicData = [{ name: 'orders', partitionData: [{ index: 0, records: batchOf(['b']) }] }]
  const produce = (): number =>
    ask(broker, Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 1000, topicData }).responses[0]!
      .partitionResponses[0]!.errorCode
  const wanted = { numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  const createMore = (): number =>
    ask(broker, CreateTopics, 5, { topics: [{ name: 'more', ...wanted }], timeoutMs: 1, validateOnly: false })
      .topics[0]!.errorCode
  const position = { partitionIndex: 0, committedOffset: 1, committedLeaderEpoch: -1, committedMetadata: null }
  const member = { generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null }
  const topics = [{ name: 'orders', partitions: [position] }]
  const commit = (): number =>
    ask(broker, OffsetCommit, 8, { groupId: 'billing', ...member, topics }).topics[0]!.partitions[0]!.errorCode
  expect([produce(), createMore(), commit()]).toEqual([code, code, code])
  files.bytesLeft = Number.POSITIVE_INFINITY
  expect([produce(), createMore(), commit()]).toEqual([0, 0, 0])
  brokers.pop()!.crash({ loseUnsynced: false })
  const after = open()
  expect(rowsOf(after.topics.get('orders')!)).toEqual(['0:a', '1:b'])
  expect(after.topics.all().map(({ name }) => name)).toEqual(['orders', 'more', '__consumer_offsets'])
})

test('a topic whose files cannot be removed is deleted, and one of the same name begins anew', () => {
  const files = new FaultyFiles()
  const broker = new Broker(settingsOf({ clock }), new DirectoryData({ directory, flush: 'none', files }))
  brokers.push(broker)
  const topic = create(broker)
  append(topic.partitions[0]!, ['old'])
  let woken = false
  topic.partitions[0]!.wait(() => {
    woken = true
  })
  files.canRemove = false
  broker.deleteTopic(topic)
  expect([woken, broker.topics.get('orders')]).toEqual([true, undefined])
  expect(() => create(broker)).toThrow(StorageFault)
  expect(broker.topics.get('orders')).toBeUndefined()
  files.canRemove = true
  const again = create(broker)
  expect([append(again.partitions[0]!, ['new']), rowsOf(again)]).toEqual(['@0', ['0:new']])
})

test('a disk that cannot be read is told to readers, also to one who waited', async () => {
  const files = new FaultyFiles()
  const broker = new Broker(settingsOf({ clock }), new DirectoryData({ directory, flush: 'none', files }))
  brokers.push(broker)
  const topic = create(broker)
  const wanted = { partition: 0, currentLeaderEpoch: -1, fetchOffset: 0, lastFetchedEpoch: -1, logStartOffset: -1 }
  const topics = [{ topic: 'orders', partitions: [{ ...wanted, partitionMaxBytes: 1e6 }] }]
  const limits = { replicaId: -1, maxWaitMs: 60_000, minBytes: 1, maxBytes: 1e6, isolationLevel: 0, rackId: '' }
  const fetch = { ...limits, sessionId: 0, sessionEpoch: -1, topics, forgottenTopicsData: [] }
  const waiting = answerTo(broker, Fetch, 11, fetch)
  expect(waiting).toBeInstanceOf(Promise)
  files.canRead = false
  append(topic.partitions[0]!, ['a'])
  clock.advanceNow({ milliseconds: 1 })
  const told = decoded(Fetch, 11, await waiting).responses[0]!.partitions[0]!
  expect([told.errorCode, told.records?.length]).toEqual([errorCode.KAFKA_STORAGE_ERROR, 0])
  files.canRead = true
  expect(ask(broker, Fetch, 11, fetch).responses[0]!.partitions[0]!.errorCode).toBe(0)
})

test('a disk that cannot be read is told to a reader that is throttled', async () => {
  const files = new FaultyFiles()
  const broker = new Broker(settingsOf({ clock }), new DirectoryData({ directory, flush: 'none', files }))
  brokers.push(broker)
  append(create(broker).partitions[0]!, ['a'])
  files.canRead = false
  broker.faults.intercept({ api: 'ListOffsets' }, faultActions.throttle(1))
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: 1 }] }]
  const answered = await answerTo(broker, ListOffsets, 5, { replicaId: -1, isolationLevel: 0, topics })
  const told = decoded(ListOffsets, 5, answered)
  expect([told.throttleTimeMs, told.topics[0]!.partitions[0]!.errorCode]).toEqual([1, errorCode.KAFKA_STORAGE_ERROR])
})

test('a reader that waited reads the disk once for its answer', async () => {
  const files = new FaultyFiles()
  const broker = new Broker(settingsOf({ clock }), new DirectoryData({ directory, flush: 'none', files }))
  brokers.push(broker)
  const topic = create(broker)
  const topics = [{ topic: 'orders', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }]
  const body = { maxWaitMs: 60_000, minBytes: 1, maxBytes: 1e6, isolationLevel: 0, topics }
  const waiting = answerTo(broker, Fetch, 11, body)
  append(topic.partitions[0]!, ['a'])
  clock.advanceNow({ milliseconds: 1 })
  expect(decoded(Fetch, 11, await waiting).responses[0]!.partitions[0]!.records!.length).toBeGreaterThan(0)
  expect(files.reads).toBe(1)
})

/** One request, without a socket. */
function ask<A extends Api>(broker: Broker, api: A, version: number, body: RequestInput<A>): Response<A> {
  return decoded(api, version, answerTo(broker, api, version, body) as Answer)
}

function answerTo<A extends Api>(broker: Broker, api: A, version: number, body: RequestInput<A>) {
  const frame = encodeRequest(api, version, { correlationId: 1, clientId: 'test' }, body).subarray(4)
  const { signal } = new AbortController()
  return dispatch(frame, broker, { node: 1, host: '', signal, mute: () => {} })
}

function decoded<A extends Api>(api: A, version: number, answer: Answer): Response<A> {
  return decodeResponse(api, version, Buffer.concat(answer as Buffer[]).subarray(4)).body
}
