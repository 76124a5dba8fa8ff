/** A broker with a directory: what was there before it ended is there when it starts again. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BrokerOptions, type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import {
  CreateTopics,
  DeleteRecords,
  DeleteTopics,
  EndTxn,
  Fetch,
  InitProducerId,
  ListOffsets,
  Metadata,
  OffsetCommit,
  OffsetFetch,
  Produce,
} from '../../src/wire/apis/index.ts'
import { readBatches } from '../../src/wire/batch.ts'
import { zeroUuid } from '../../src/wire/schema.ts'
import { until } from '../contracts/tools.ts'
import { type BatchOptions, batchOf, WireClient } from './wire-client.ts'

let directory: string
let running: EmbeddedBroker | null = null

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-disk-'))
})
afterEach(async () => {
  await running?.close()
  running = null
  rmSync(directory, { recursive: true, force: true })
})

async function start(options: BrokerOptions = {}): Promise<WireClient> {
  running = await startBroker({ directory, ...options })
  return new WireClient(running.address)
}

async function stop(client: WireClient): Promise<void> {
  client.close()
  await running!.close()
  running = null
}

async function createTopic(client: WireClient, name: string, numPartitions = 1, configs: Record<string, string> = {}) {
  const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
  const topics = [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: entries }]
  const { topics: answers } = await client.send(CreateTopics, 7, { topics, timeoutMs: 1000, validateOnly: false })
  expect(answers[0]!.errorCode).toBe(0)
  return answers[0]!
}

async function produce(client: WireClient, name: string, values: string[], options: BatchOptions = {}, index = 0) {
  const records = batchOf(values, options)
  const topicData = [{ name, partitionData: [{ index, records }] }]
  const { responses } = await client.send(Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 1000, topicData })
  return responses[0]!.partitionResponses[0]!
}

async function values(client: WireClient, topic: string, fetchOffset = 0, partition = 0): Promise<string[]> {
  const partitions = [
    {
      partition,
      currentLeaderEpoch: -1,
      fetchOffset,
      lastFetchedEpoch: -1,
      logStartOffset: -1,
      partitionMaxBytes: 1e8,
    },
  ]
  const topics = [{ topic, partitions }]
  const limits = { maxWaitMs: 0, minBytes: 0, maxBytes: 1e8, isolationLevel: 0 }
  const request = { replicaId: -1, ...limits, sessionId: 0, sessionEpoch: -1, topics, forgottenTopicsData: [] }
  const { responses } = await client.send(Fetch, 11, { ...request, rackId: '' })
  const { errorCode, records } = responses[0]!.partitions[0]!
  expect(errorCode).toBe(0)
  const found: string[] = []
  for (const batch of readBatches(records as Buffer)) {
    for (const cursor = batch.cursor(); cursor.next(); ) {
      found.push(`${cursor.offset}:${cursor.bytes.toString('utf8', cursor.valueStart, cursor.valueEnd)}`)
    }
  }
  return found
}

test('topics, ids, settings and records are there after a restart', async () => {
  const before = await start()
  const { topicId } = await createTopic(before, 'orders', 2, { 'retention.ms': '-1', 'segment.bytes': '1048576' })
  await createTopic(before, 'gone')
  await produce(before, 'orders', ['a', 'b'])
  await produce(before, 'orders', ['c'], {}, 1)
  await produce(before, 'gone', ['x'])
  await before.send(DeleteTopics, 6, {
    topics: [{ name: 'gone', topicId: zeroUuid }],
    topicNames: [],
    timeoutMs: 1000,
  })
  const { clusterId } = await before.send(Metadata, 9, { topics: null, allowAutoTopicCreation: false })
  await stop(before)
  const after = await start()
  const metadata = await after.send(Metadata, 12, { topics: null, allowAutoTopicCreation: false })
  expect(metadata.clusterId).toBe(clusterId)
  expect(metadata.topics.map(({ name, topicId, partitions }) => [name, topicId, partitions.length])).toEqual([
    ['orders', topicId, 2],
  ])
  expect([await values(after, 'orders'), await values(after, 'orders', 0, 1)]).toEqual([['0:a', '1:b'], ['0:c']])
  expect((await produce(after, 'orders', ['d'])).baseOffset).toBe(2)
  expect(readdirSync(directory).sort()).toEqual(['lock', 'meta.log', 'orders-0', 'orders-1'])
  expect(readdirSync(join(directory, 'orders-0'))).toEqual(['00000000000000000000.log'])
  after.close()
})

test('the start of a log, committed positions and producer ids outlive a restart', async () => {
  const before = await start()
  await createTopic(before, 'orders')
  for (const value of ['a', 'b', 'c']) await produce(before, 'orders', [value])
  const partitions = [{ partitionIndex: 0, offset: 2 }]
  await before.send(DeleteRecords, 2, { topics: [{ name: 'orders', partitions }], timeoutMs: 1000 })
  const init = { transactionalId: null, transactionTimeoutMs: 1000, producerId: -1, producerEpoch: -1 }
  const first = await before.send(InitProducerId, 4, init)
  const wanted = [{ partitionIndex: 0, committedOffset: 3, committedLeaderEpoch: -1, committedMetadata: 'here' }]
  const commit = { groupId: 'billing', generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null }
  await before.send(OffsetCommit, 8, { ...commit, topics: [{ name: 'orders', partitions: wanted }] })
  await stop(before)
  const after = await start()
  const second = await after.send(InitProducerId, 4, init)
  expect(second.producerId).toBeGreaterThan(first.producerId)
  const at = [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -2 }]
  const listed = await after.send(ListOffsets, 5, {
    replicaId: -1,
    isolationLevel: 0,
    topics: [{ name: 'orders', partitions: at }],
  })
  expect(listed.topics[0]!.partitions[0]!.offset).toBe(2)
  const fetched = await after.send(OffsetFetch, 7, {
    groupId: 'billing',
    topics: [{ name: 'orders', partitionIndexes: [0] }],
    requireStable: true,
  })
  expect(fetched.topics[0]!.partitions[0]).toMatchObject({ committedOffset: 3, metadata: 'here', errorCode: 0 })
  after.close()
})

test('a transaction that was decided when the broker died is ended by the next, one that was open is still open', async () => {
  const before = await start({ flush: 'always' })
  await createTopic(before, 'orders')
  const begin = async (transactionalId: string): Promise<BatchOptions> => {
    const init = { transactionalId, transactionTimeoutMs: 60_000, producerId: -1, producerEpoch: -1 }
    const { producerId, producerEpoch } = await before.send(InitProducerId, 4, init)
    return { producerId, producerEpoch, baseSequence: 0, transactional: true }
  }
  const write = async (client: WireClient, transactionalId: string, records: Buffer): Promise<number> => {
    const topicData = [{ name: 'orders', partitionData: [{ index: 0, records }] }]
    const { responses } = await client.send(Produce, 12, { transactionalId, acks: -1, timeoutMs: 1000, topicData })
    return responses[0]!.partitionResponses[0]!.errorCode
  }
  const [decided, open] = [await begin('decided'), await begin('open')]
  expect(await write(before, 'decided', batchOf(['a'], decided))).toBe(0)
  expect(await write(before, 'open', batchOf(['b'], open))).toBe(0)
  running!.holdMarkers({ topic: 'orders', partition: 0 })
  const identity = { producerId: decided.producerId!, producerEpoch: decided.producerEpoch! }
  const ended = await before.send(EndTxn, 5, { transactionalId: 'decided', ...identity, committed: true })
  expect(ended.errorCode).toBe(0)
  await running!.crashRestart({ loseUnsynced: true })
  const after = new WireClient(running!.address)
  const stable = async (): Promise<number> => {
    const partitions = [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1 }]
    const request = { replicaId: -1, isolationLevel: 1, topics: [{ name: 'orders', partitions }] }
    return (await after.send(ListOffsets, 5, request)).topics[0]!.partitions[0]!.offset
  }
  await until('the marker is written', async () => (await stable()) === 1)
  expect(await write(after, 'open', batchOf(['c'], { ...open, baseSequence: 1 }))).toBe(0)
  const again = { producerId: open.producerId!, producerEpoch: open.producerEpoch! }
  await after.send(EndTxn, 5, { transactionalId: 'open', ...again, committed: false })
  await until('nothing is open', async () => (await stable()) === 5)
  after.close()
  before.close()
})
