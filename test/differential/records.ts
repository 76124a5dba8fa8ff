/** Records of nobody's transaction, reading, and what is asked of topics. */
import { type Random, randomInteger } from '../../src/random.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { readBatches } from '../../src/wire/batch.ts'
import { errorName } from '../../src/wire/errors.ts'
import { batchOf } from '../broker/wire-client.ts'
import { chance, pick } from '../fuzz/random-message.ts'
import { type Operation, operation } from './operation.ts'
import type { World } from './world.ts'

const partition = (random: Random): number => (chance(random, 0.95) ? randomInteger(random, 0, 1) : 9)
const offset = (random: Random): number =>
  chance(random, 0.8) ? randomInteger(random, 0, 12) : pick(random, [-1, 99_999])
const isolation = (random: Random): number => randomInteger(random, 0, 1)

export const recordOperations: Readonly<Record<string, Operation>> = {
  writePlain: operation({
    weight: 5,
    choose: (random) => ({
      partition: partition(random),
      count: randomInteger(random, 1, 4),
      version: pick(random, [3, 5, 7, 8, 9, 10, 11, 12]),
      acks: pick(random, [-1, -1, -1, 1, 2]),
    }),
    perform(world, { partition, count, version, acks }) {
      const values = Array.from({ length: count }, (_, index) => `k${index}=plain`)
      return world.session.produce(batchOf(values), {
        partition,
        version: Math.min(version, world.session.versions.produce),
        acks,
      })
    },
  }),
  fetch: operation({
    weight: 10,
    choose: (random) => ({
      partition: partition(random),
      offset: offset(random),
      isolation: isolation(random),
      version: pick(random, [4, 5, 6, 7, 9, 11, 12]),
      bytes: pick(random, [1, 100, 1_000_000]),
    }),
    perform: fetched,
  }),
  listOffsets: operation({
    weight: 5,
    choose: (random) => ({
      partition: partition(random),
      isolation: isolation(random),
      time: pick(random, [-1, -2, -3, 0, 1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_002, 2_000_000_000_000]),
      version: pick(random, [1, 2, 4, 5, 7]),
    }),
    perform: listed,
  }),
  deleteRecords: operation({
    weight: 2,
    choose: (random) => ({ partition: partition(random), offset: offset(random) }),
    perform: deletedBelow,
  }),
  epochEnd: operation({
    weight: 2,
    choose: (random) => ({
      partition: partition(random),
      epoch: pick(random, [-1, 0, 0, 1, 5]),
      current: pick(random, [-1, 0, 3]),
    }),
    perform: epochEnd,
  }),
  describeConfig: operation({
    weight: 2,
    choose: (random) => ({ name: pick(random, settings) }),
    perform: describedConfig,
  }),
  alterConfig: operation({
    weight: 2,
    choose: (random) => ({
      name: pick(random, [...settings, 'no.such.setting']),
      value: pick(random, ['1000', '-1', 'compact', 'delete', 'LogAppendTime', 'CreateTime', '']),
      operation: pick(random, [0, 0, 1, 2, 3, 7]),
    }),
    perform: alteredConfig,
  }),
}

const settings = ['retention.ms', 'retention.bytes', 'cleanup.policy', 'message.timestamp.type', 'min.insync.replicas']

type FetchChoices = {
  readonly partition: number
  readonly offset: number
  readonly isolation: number
  readonly version: number
  readonly bytes: number
}

async function fetched(world: World, choices: FetchChoices): Promise<unknown> {
  const { partition, offset: fetchOffset, isolation: isolationLevel, version, bytes: partitionMaxBytes } = choices
  const { responses } = await world.session.client.send(apis.Fetch, version, {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1e6,
    isolationLevel,
    topics: [{ topic: world.session.topic, partitions: [{ partition, fetchOffset, partitionMaxBytes }] }],
  })
  const { errorCode, highWatermark, lastStableOffset, logStartOffset, abortedTransactions, records } =
    responses[0]!.partitions[0]!
  const aborted = (abortedTransactions ?? []).map(({ producerId, firstOffset }) => [
    world.alias(producerId),
    firstOffset,
  ])
  const batches = readBatches(records ?? Buffer.alloc(0)).map(
    ({ baseOffset, recordCount, producerId, producerEpoch, isTransactional, isControl }) =>
      [baseOffset, recordCount, world.alias(producerId), producerEpoch, isTransactional, isControl].join(' '),
  )
  return [
    errorName(errorCode),
    highWatermark,
    lastStableOffset,
    logStartOffset,
    abortedTransactions === null,
    aborted,
    batches,
  ]
}

async function listed(
  world: World,
  choices: { readonly partition: number; readonly isolation: number; readonly time: number; readonly version: number },
): Promise<unknown> {
  const partitions = [{ partitionIndex: choices.partition, timestamp: choices.time }]
  const isolationLevel = choices.version >= 2 ? { isolationLevel: choices.isolation } : {}
  const body = { replicaId: -1, ...isolationLevel, topics: [{ name: world.session.topic, partitions }] }
  const { topics } = await world.session.client.send(apis.ListOffsets, choices.version, body)
  const { errorCode, offset: found, timestamp, leaderEpoch } = topics[0]!.partitions[0]!
  // Markers have the time of the broker's clock.
  return [errorName(errorCode), found, timestamp > 1_750_000_000_000 ? 'now' : timestamp, leaderEpoch]
}

async function deletedBelow(world: World, choices: { readonly partition: number; readonly offset: number }) {
  const partitions = [{ partitionIndex: choices.partition, offset: choices.offset }]
  const body = { topics: [{ name: world.session.topic, partitions }], timeoutMs: 5000 }
  const answer = await world.session.client.send(apis.DeleteRecords, 2, body)
  const { errorCode, lowWatermark } = answer.topics[0]!.partitions[0]!
  return [errorName(errorCode), lowWatermark]
}

async function epochEnd(
  world: World,
  choices: { readonly partition: number; readonly epoch: number; readonly current: number },
) {
  const { partition, epoch: leaderEpoch, current: currentLeaderEpoch } = choices
  const topics = [{ topic: world.session.topic, partitions: [{ partition, currentLeaderEpoch, leaderEpoch }] }]
  const answer = await world.session.client.send(apis.OffsetForLeaderEpoch, 4, { replicaId: -1, topics })
  const found = answer.topics[0]!.partitions[0]!
  return [errorName(found.errorCode), found.leaderEpoch, found.endOffset]
}

async function describedConfig(world: World, choices: { readonly name: string }) {
  const resources = [{ resourceType: 2, resourceName: world.session.topic, configurationKeys: [choices.name] }]
  const body = { resources, includeSynonyms: false, includeDocumentation: false }
  const { results } = await world.session.client.send(apis.DescribeConfigs, 4, body)
  const { errorCode, configs } = results[0]!
  return [errorName(errorCode), configs.map(({ name, value, configSource }) => [name, value, configSource])]
}

async function alteredConfig(
  world: World,
  choices: { readonly name: string; readonly value: string; readonly operation: number },
) {
  const configs = [{ name: choices.name, configOperation: choices.operation, value: choices.value }]
  const resources = [{ resourceType: 2, resourceName: world.session.topic, configs }]
  // Only asked whether it would be right: a change takes a moment on Kafka, of another length each time.
  const answer = await world.session.client.send(apis.IncrementalAlterConfigs, 1, { resources, validateOnly: true })
  return errorName(answer.responses[0]!.errorCode)
}
