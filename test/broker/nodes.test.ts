import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import {
  ApiVersions,
  DeleteRecords,
  DescribeCluster,
  DescribeLogDirs,
  DescribeTopicPartitions,
  ElectLeaders,
  FindCoordinator,
  Heartbeat,
  InitProducerId,
  ListOffsets,
  Metadata,
} from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import type { Response } from '../../src/wire/schema.ts'
import type { WireClient } from './wire-client.ts'
import {
  clientOf,
  createTopic,
  endOfEpoch,
  fetchFrom,
  initialise,
  partitionsOf,
  produceTo,
  write,
} from './wire-tools.ts'

type Page = Response<typeof DescribeTopicPartitions>

let broker: EmbeddedBroker
let clients: readonly WireClient[]
const at = (node: number): WireClient => clients[node - 1]!

beforeEach(async () => {
  const failed = (error: Error): never => {
    throw error
  }
  broker = await startBroker({ nodes: 3, racks: ['a', 'b', 'c'], onError: failed })
  clients = broker.nodes.map(({ id }) => clientOf(broker, id))
  await createTopic(at(1), 't', { on: [[1, 2]] })
})
afterEach(async () => {
  for (const client of clients) client.close()
  await broker.close()
})

describe('nodes', () => {
  test('each has an address, and all tell of all', async () => {
    for (const { id } of broker.nodes) {
      const { brokers, controllerId } = await at(id).send(DescribeCluster, 1, {
        includeClusterAuthorizedOperations: false,
      })
      expect(brokers.map(({ brokerId, port, rack }) => [brokerId, port, rack])).toEqual(
        broker.nodes.map((node) => [node.id, node.address.port, node.rack]),
      )
      expect(controllerId).toBe(1)
    }
    expect(broker.addresses.split(',')).toEqual(broker.nodes.map(({ port }) => `127.0.0.1:${port}`))
  })

  test('share the leaders of a topic', async () => {
    await createTopic(at(1), 'spread', { partitions: 6 })
    const partitions = await partitionsOf(at(2), 'spread')
    expect(new Set(partitions.map(({ leaderId }) => leaderId))).toEqual(new Set([1, 2, 3]))
    for (const { leaderId, replicaNodes, isrNodes } of partitions) {
      expect([replicaNodes.toSorted(), replicaNodes[0], isrNodes]).toEqual([[1, 2, 3], leaderId, replicaNodes])
    }
  })

  test.each([
    ['one copy', { replicas: 1 }, 'NONE', 1],
    ['two copies', { replicas: 2 }, 'NONE', 2],
    ['more copies than nodes', { replicas: 4 }, 'INVALID_REPLICATION_FACTOR', 0],
    ['a node that is not there', { on: [[1, 7]] }, 'INVALID_REPLICA_ASSIGNMENT', 0],
    ['a node twice', { on: [[1, 1]] }, 'INVALID_REPLICA_ASSIGNMENT', 0],
  ])('%s', async (_, wanted, code, copies) => {
    expect(await createTopic(at(1), 'made', wanted)).toBe(code)
    const [partition] = await partitionsOf(at(1), 'made')
    expect(partition?.replicaNodes.length ?? 0).toBe(copies)
  })

  test('can be told to be elsewhere', async () => {
    const elsewhere = await startBroker({ nodes: 2, advertised: (node) => ({ host: `kafka-${node}`, port: 9092 }) })
    const client = clientOf(
      { ...broker, nodes: [{ ...broker.nodes[0]!, address: { host: '127.0.0.1', port: elsewhere.port } }] },
      1,
    )
    const { brokers } = await client.send(Metadata, 12, { topics: [] })
    expect(brokers.map(({ host }) => host)).toEqual(['kafka-1', 'kafka-2'])
    client.close()
    await elsewhere.close()
  })
})

describe('the wrong node', () => {
  test('refuses a Produce and hints at the leader (KIP-951)', async () => {
    const { errorCode, currentLeader, nodeEndpoints } = await produceTo(at(2), 't', ['a'])
    expect([errorName(errorCode), currentLeader]).toEqual(['NOT_LEADER_OR_FOLLOWER', { leaderId: 1, leaderEpoch: 0 }])
    expect(nodeEndpoints).toEqual([{ nodeId: 1, ...broker.nodes[0]!.address, rack: 'a' }])
    expect(await write(at(1), 't', ['a'])).toBe('@0')
  })

  test('refuses a Fetch and hints at the leader (KIP-951)', async () => {
    const { topics } = await at(1).send(Metadata, 12, { topics: [{ name: 't' }] })
    const { errorCode, currentLeader, nodeEndpoints } = await fetchFrom(at(3), topics[0]!.topicId, { version: 16 })
    expect([errorName(errorCode), currentLeader.leaderId]).toEqual(['NOT_LEADER_OR_FOLLOWER', 1])
    expect(nodeEndpoints.map(({ nodeId }) => nodeId)).toEqual([1])
  })

  test('refuses ListOffsets, OffsetForLeaderEpoch and DeleteRecords', async () => {
    const listed = await at(2).send(ListOffsets, 9, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
    })
    const deleted = await at(2).send(DeleteRecords, 2, {
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, offset: 0 }] }],
      timeoutMs: 1,
    })
    const codes = [
      listed.topics[0]!.partitions[0]!.errorCode,
      (await endOfEpoch(at(2), 't', 0)).errorCode,
      deleted.topics[0]!.partitions[0]!.errorCode,
    ]
    expect(codes.map(errorName)).toEqual(Array(3).fill('NOT_LEADER_OR_FOLLOWER'))
  })
})

describe('leader epochs', () => {
  test('an old one is fenced, one nobody knows is unknown, also at a replica', async () => {
    broker.movePartition({ topic: 't', partition: 0 }, 2)
    const codes = [
      await fetchFrom(at(2), 't', { currentLeaderEpoch: 0 }),
      await fetchFrom(at(2), 't', { currentLeaderEpoch: 2 }),
      await fetchFrom(at(1), 't', { currentLeaderEpoch: 0 }),
      await endOfEpoch(at(2), 't', 0, 0),
    ]
    expect(codes.map(({ errorCode }) => errorName(errorCode))).toEqual([
      'FENCED_LEADER_EPOCH',
      'UNKNOWN_LEADER_EPOCH',
      'FENCED_LEADER_EPOCH',
      'FENCED_LEADER_EPOCH',
    ])
  })

  test('tell where each ended', async () => {
    await write(at(1), 't', ['a', 'b'])
    broker.movePartition({ topic: 't', partition: 0 }, 2)
    await write(at(2), 't', ['c'])
    expect(await endOfEpoch(at(2), 't', 0)).toMatchObject({ leaderEpoch: 0, endOffset: 2 })
    expect(await endOfEpoch(at(2), 't', 1)).toMatchObject({ leaderEpoch: 1, endOffset: 3 })
  })

  test('what was truncated is found by whoever read it', async () => {
    await write(at(1), 't', ['a'])
    await write(at(1), 't', ['b'])
    broker.truncateTo({ topic: 't', partition: 0 }, 1)
    await write(at(1), 't', ['c'])
    await write(at(1), 't', ['d'])
    expect(await endOfEpoch(at(1), 't', 0, 1)).toMatchObject({ leaderEpoch: 0, endOffset: 1 })
    const diverged = await fetchFrom(at(1), 't', { fetchOffset: 2, lastFetchedEpoch: 0, currentLeaderEpoch: 1 })
    expect(diverged.divergingEpoch).toEqual({ epoch: 0, endOffset: 1 })
    expect((await fetchFrom(at(1), 't', { fetchOffset: 2, lastFetchedEpoch: 1 })).records!.length).toBeGreaterThan(0)
  })
})

describe('a replica', () => {
  test('in the rack of the reader is named by the leader, and may be read (KIP-392)', async () => {
    await write(at(1), 't', ['a'])
    const sent = await fetchFrom(at(1), 't', { rackId: 'b' })
    expect([sent.preferredReadReplica, sent.records!.length, sent.highWatermark]).toEqual([2, 0, 1])
    expect((await fetchFrom(at(2), 't', { rackId: 'b' })).records!.length).toBeGreaterThan(0)
    expect((await fetchFrom(at(1), 't', { rackId: 'a' })).preferredReadReplica).toBe(-1)
    expect((await fetchFrom(at(1), 't', { rackId: 'c' })).preferredReadReplica).toBe(-1)
    expect(errorName((await fetchFrom(at(3), 't', { rackId: 'c' })).errorCode)).toBe('NOT_LEADER_OR_FOLLOWER')
  })
})

describe('a node that dies', () => {
  test('resets its connections; its partitions go to a replica in a new epoch; it comes back at its address', async () => {
    const { port } = broker.nodes[0]!
    await broker.killNode(1)
    await at(1).closed
    const [moved] = await partitionsOf(at(2), 't')
    expect(moved).toMatchObject({ leaderId: 2, leaderEpoch: 1, isrNodes: [2], offlineReplicas: [1] })
    expect(await write(at(2), 't', ['a'])).toBe('@0')
    const refused = clientOf(broker, 1)
    await expect(refused.send(ApiVersions, 0, {})).rejects.toThrow('connection closed')
    await broker.startNode(1)
    const again = clientOf(broker, 1)
    expect(await partitionsOf(again, 't')).toMatchObject([{ leaderId: 2, leaderEpoch: 1, isrNodes: [1, 2] }])
    expect(broker.nodes[0]!.port).toBe(port)
    again.close()
  })

  test('leaves what only it holds without a leader until it is back', async () => {
    await createTopic(at(1), 'single', { on: [[3]] })
    await broker.killNode(3)
    expect(await partitionsOf(at(1), 'single')).toMatchObject([{ leaderId: -1, offlineReplicas: [3] }])
    await broker.startNode(3)
    expect(await partitionsOf(at(1), 'single')).toMatchObject([{ leaderId: 3, leaderEpoch: 1, errorCode: 0 }])
  })

  test('ends a long poll at it; a leader that moves ends one too', async () => {
    const poll = fetchFrom(at(1), 't', { maxWaitMs: 60_000 })
    await at(2).send(ApiVersions, 0, {})
    broker.movePartition({ topic: 't', partition: 0 }, 3)
    expect(errorName((await poll).errorCode)).toBe('NOT_LEADER_OR_FOLLOWER')
    const lost = fetchFrom(at(3), 't', { maxWaitMs: 60_000 })
    const seen = expect(lost).rejects.toThrow('connection closed')
    await broker.killNode(3)
    await seen
  })
})

describe('silence', () => {
  test('a paused node accepts and answers nothing, then everything', async () => {
    const poll = fetchFrom(at(1), 't', { maxWaitMs: 60_000 })
    broker.pauseNode(1)
    const order: string[] = []
    const stranger = clientOf(broker, 1, 'stranger')
    const asked = stranger.send(ApiVersions, 0, {}).then(() => order.push('answer'))
    await at(2).send(ApiVersions, 0, {})
    order.push('resumed')
    broker.resumeNode(1)
    await asked
    expect(order).toEqual(['resumed', 'answer'])
    expect(await write(stranger, 't', ['a'])).toBe('@0')
    expect((await poll).records!.length).toBeGreaterThan(0)
    stranger.close()
  })

  test('one client is cut from one node; what it sent arrives when the cut is healed', async () => {
    const victim = clientOf(broker, 1, 'victim')
    await victim.send(ApiVersions, 0, {})
    const heal = broker.partition('victim', 1)
    const held = write(victim, 't', ['late'])
    const elsewhere = clientOf(broker, 2, 'victim')
    await elsewhere.send(ApiVersions, 0, {})
    expect(await write(at(1), 't', ['early'])).toBe('@0')
    heal()
    expect(await held).toBe('@1')
    victim.close()
    elsewhere.close()
  })

  test('a link that was cut twice is whole when both cuts are healed', async () => {
    const victim = clientOf(broker, 1, 'victim')
    await victim.send(ApiVersions, 0, {})
    const [one, other] = [broker.partition('victim', 1), broker.partition('victim', 1)]
    const held = write(victim, 't', ['late'])
    one()
    one()
    expect(await write(at(1), 't', ['early'])).toBe('@0')
    other()
    expect(await held).toBe('@1')
    victim.close()
  })

  test('an answer that was on its way is kept back too', async () => {
    const victim = clientOf(broker, 1, 'victim')
    const poll = fetchFrom(victim, 't', { maxWaitMs: 60_000 }).then(({ records }) => records!.length)
    await at(1).send(ApiVersions, 0, {})
    const heal = broker.partition('victim', 1)
    await write(at(1), 't', ['a'])
    const first = await Promise.race([
      poll,
      at(1)
        .send(ApiVersions, 0, {})
        .then(() => 'nothing'),
    ])
    heal()
    expect([first, (await poll) > 0]).toEqual(['nothing', true])
    victim.close()
  })
})

describe('coordinators', () => {
  const find = async (key: string, keyType: 0 | 1): Promise<number> => {
    const { coordinators } = await at(1).send(FindCoordinator, 4, { keyType, coordinatorKeys: [key] })
    return coordinators[0]!.nodeId
  }
  const beat = async (node: number): Promise<string> =>
    errorName((await at(node).send(Heartbeat, 4, { groupId: 'g', generationId: 1, memberId: 'm' })).errorCode)

  test('answer for what falls to them, and nobody else does', async () => {
    broker.moveCoordinator({ group: 'g' }, 3)
    expect([await find('g', 0), await beat(3), await beat(1)]).toEqual([3, 'UNKNOWN_MEMBER_ID', 'NOT_COORDINATOR'])
    broker.moveCoordinator({ transactionalId: 'x' }, 2)
    const wrong = await initialise(at(1), 'x')
    expect([await find('x', 1), errorName(wrong.errorCode)]).toEqual([2, 'NOT_COORDINATOR'])
    expect(errorName((await initialise(at(2), 'x')).errorCode)).toBe('NONE')
  })

  test('load before they answer, and know what the one before knew', async () => {
    broker.moveCoordinator({ transactionalId: 'x' }, 2)
    const { producerId, producerEpoch } = await initialise(at(2), 'x')
    broker.moveCoordinator({ transactionalId: 'x' }, 3, { milliseconds: 50 })
    expect(errorName((await initialise(at(3), 'x')).errorCode)).toBe('COORDINATOR_LOAD_IN_PROGRESS')
    for (;;) {
      const again = await at(3).send(InitProducerId, 5, {
        transactionalId: 'x',
        transactionTimeoutMs: 60_000,
        producerId: -1,
        producerEpoch: -1,
      })
      if (errorName(again.errorCode) === 'COORDINATOR_LOAD_IN_PROGRESS') continue
      expect(again).toMatchObject({ errorCode: 0, producerId, producerEpoch: producerEpoch + 1 })
      break
    }
  })

  test('move when their node dies', async () => {
    broker.moveCoordinator({ group: 'g' }, 3)
    await broker.killNode(3)
    const now = await find('g', 0)
    expect(now).not.toBe(3)
    expect(await beat(now)).toBe('UNKNOWN_MEMBER_ID')
  })
})

describe('tools', () => {
  test('ElectLeaders gives leadership back to the preferred replica', async () => {
    broker.movePartition({ topic: 't', partition: 0 }, 2)
    const elect = async (): Promise<string[]> => {
      const topicPartitions = [{ topic: 't', partitions: [0, 9] }]
      const { replicaElectionResults } = await at(1).send(ElectLeaders, 2, { topicPartitions, timeoutMs: 1 })
      return replicaElectionResults[0]!.partitionResult.map(({ errorCode }) => errorName(errorCode))
    }
    expect(await elect()).toEqual(['NONE', 'UNKNOWN_TOPIC_OR_PARTITION'])
    expect(await elect()).toEqual(['ELECTION_NOT_NEEDED', 'UNKNOWN_TOPIC_OR_PARTITION'])
    expect(await partitionsOf(at(1), 't')).toMatchObject([{ leaderId: 1, leaderEpoch: 2 }])
  })

  test('DescribeTopicPartitions gives a page at a time', async () => {
    await createTopic(at(1), 'a', { partitions: 3 })
    const seen: string[] = []
    let cursor: { topicName: string; partitionIndex: number } | null = null
    do {
      const page: Page = await at(1).send(DescribeTopicPartitions, 0, { topics: [], responsePartitionLimit: 2, cursor })
      for (const { name, partitions } of page.topics) {
        for (const { partitionIndex } of partitions) seen.push(`${name}-${partitionIndex}`)
      }
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(seen).toEqual(['a-0', 'a-1', 'a-2', 't-0'])
  })

  test('DescribeLogDirs tells what a node holds', async () => {
    await write(at(1), 't', ['a'])
    const sizes = await Promise.all(
      [1, 2, 3].map(async (node) => {
        const { results } = await at(node).send(DescribeLogDirs, 4, { topics: [{ topic: 't', partitions: [0] }] })
        return results[0]!.topics.map(({ partitions }) => partitions[0]!.partitionSize > 0)
      }),
    )
    expect(sizes).toEqual([[true], [true], []])
  })
})
