/** Requests in one line, for tests that speak to several nodes. */
import type { EmbeddedBroker } from '../../src/broker/index.ts'
import {
  CreateTopics,
  Fetch,
  InitProducerId,
  Metadata,
  OffsetForLeaderEpoch,
  Produce,
} from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import type { RequestInput } from '../../src/wire/schema.ts'
import { type BatchOptions, batchOf, WireClient } from './wire-client.ts'

/** A client of one node. */
export function clientOf(broker: EmbeddedBroker, node: number, clientId = 'test'): WireClient {
  const { host, port } = broker.nodes[node - 1]!.address
  return new WireClient(`${host}:${port}`, clientId)
}

export interface NewTopic {
  readonly partitions?: number
  readonly replicas?: number
  /** The nodes of each partition, the leader first. */
  readonly on?: readonly (readonly number[])[]
}

export async function createTopic(client: WireClient, name: string, wanted: NewTopic = {}): Promise<string> {
  const { partitions = 1, replicas = -1, on = [] } = wanted
  const assignments = on.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }))
  const isPlaced = on.length > 0
  const { topics } = await client.send(CreateTopics, 7, {
    topics: [
      {
        name,
        numPartitions: isPlaced ? -1 : partitions,
        replicationFactor: isPlaced ? -1 : replicas,
        assignments,
        configs: [],
      },
    ],
    timeoutMs: 1000,
    validateOnly: false,
  })
  return errorName(topics[0]!.errorCode)
}

export async function partitionsOf(client: WireClient, topic: string) {
  const { topics } = await client.send(Metadata, 12, { topics: [{ name: topic }] })
  return topics[0]!.partitions
}

export interface Writing extends BatchOptions {
  readonly partition?: number
  readonly transactionalId?: string
}

export async function produceTo(client: WireClient, topic: string, values: readonly string[], options: Writing = {}) {
  const { partition = 0, transactionalId = null } = options
  const topicData = [{ name: topic, partitionData: [{ index: partition, records: batchOf(values, options) }] }]
  const answer = await client.send(Produce, 12, { transactionalId, acks: -1, timeoutMs: 1000, topicData })
  return { ...answer.responses[0]!.partitionResponses[0]!, nodeEndpoints: answer.nodeEndpoints }
}

/** `@offset`, or the name of the error. */
export async function write(
  client: WireClient,
  topic: string,
  values: readonly string[],
  options: Writing = {},
): Promise<string> {
  const { errorCode, baseOffset } = await produceTo(client, topic, values, options)
  return errorCode === 0 ? `@${baseOffset}` : errorName(errorCode)
}

type FetchPartition = RequestInput<typeof Fetch>['topics'][number]['partitions'][number]

export interface Reading extends Partial<FetchPartition> {
  readonly version?: number
  readonly rackId?: string
  readonly maxWaitMs?: number
  readonly isolationLevel?: 0 | 1
}

export async function fetchFrom(client: WireClient, topic: string, reading: Reading = {}) {
  const { version = 12, rackId = '', maxWaitMs = 0, isolationLevel = 0, ...wanted } = reading
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000, ...wanted }]
  const answer = await client.send(Fetch, version, {
    maxWaitMs,
    minBytes: 1,
    maxBytes: 1_000_000,
    isolationLevel,
    rackId,
    topics: [version < 13 ? { topic, partitions } : { topicId: topic, partitions }],
  })
  return { ...answer.responses[0]!.partitions[0]!, nodeEndpoints: answer.nodeEndpoints }
}

export async function endOfEpoch(client: WireClient, topic: string, leaderEpoch: number, currentLeaderEpoch = -1) {
  const partitions = [{ partition: 0, currentLeaderEpoch, leaderEpoch }]
  const answer = await client.send(OffsetForLeaderEpoch, 4, { replicaId: -1, topics: [{ topic, partitions }] })
  return answer.topics[0]!.partitions[0]!
}

export function initialise(client: WireClient, transactionalId: string, transactionTimeoutMs = 60_000) {
  return client.send(InitProducerId, 5, { transactionalId, transactionTimeoutMs, producerId: -1, producerEpoch: -1 })
}
