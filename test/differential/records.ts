/** Records of nobody's transaction, reading, and where records are. */
import { type Random, randomInteger } from '../../src/random.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import { chance, pick } from '../fuzz/random-message.ts'
import { aCodec, batchOf, timeOf, withoutKey } from './batches.ts'
import { type Operation, operation } from './operation.ts'
import { partitionLine } from './sessions.ts'
import { aTopic, type TopicKind, topicName, type World } from './world.ts'

const topicIdsFrom = 13

const partition = (random: Random): number => (chance(random, 0.9) ? randomInteger(random, 0, 1) : pick(random, [2, 9]))
const offset = (random: Random): number =>
  chance(random, 0.8) ? randomInteger(random, 0, 12) : pick(random, [-1, 99_999])
const isolation = (random: Random): number => randomInteger(random, 0, 1)

export const recordOperations: Readonly<Record<string, Operation>> = {
  writePlain: operation({
    weight: 5,
    choose: (random) => ({
      topic: aTopic(random),
      partition: partition(random),
      codec: aCodec(random),
      isKeyless: withoutKey(random),
      count: randomInteger(random, 1, 4),
      version: pick(random, [3, 5, 7, 8, 9, 10, 11, 12]),
      acks: pick(random, [-1, -1, -1, 1, 2]),
    }),
    perform(world, { topic, partition, codec, isKeyless, count, version, acks }) {
      const records = batchOf(count, 'plain', isKeyless, { compression: codec })
      return world.session.produce(records, {
        topic: topicName(world, topic),
        partition,
        version: Math.min(version, world.session.versions.produce),
        acks,
      })
    },
  }),
  fetch: operation({
    weight: 10,
    choose: (random) => ({
      topic: aTopic(random),
      partition: partition(random),
      offset: offset(random),
      isolation: isolation(random),
      version: pick(random, [4, 5, 6, 7, 9, 11, 12, 13, 16, 17]),
      bytes: pick(random, [1, 100, 1_000_000]),
    }),
    perform: fetched,
  }),
  listOffsets: operation({
    weight: 5,
    choose: (random) => ({
      topic: aTopic(random),
      partition: partition(random),
      isolation: isolation(random),
      time: pick(
        random,
        [-1, -2, -3, -4, -5, -6, 0, 1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_002, 2_000_000_000_000],
      ),
      version: pick(random, [1, 2, 4, 5, 7, 8, 9]),
    }),
    perform: listed,
  }),
  deleteRecords: operation({
    weight: 2,
    choose: (random) => ({ topic: aTopic(random), partition: partition(random), offset: offset(random) }),
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
}

type FetchChoices = {
  readonly topic: TopicKind
  readonly partition: number
  readonly offset: number
  readonly isolation: number
  readonly version: number
  readonly bytes: number
}

async function fetched(world: World, choices: FetchChoices): Promise<unknown> {
  const { partition, offset: fetchOffset, isolation: isolationLevel, version, bytes: partitionMaxBytes } = choices
  const name = topicName(world, choices.topic)
  const topic = version >= topicIdsFrom ? { topicId: world.topicIds.get(name)! } : { topic: name }
  const { responses } = await world.session.client.send(apis.Fetch, version, {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1e6,
    isolationLevel,
    topics: [{ ...topic, partitions: [{ partition, fetchOffset, partitionMaxBytes }] }],
  })
  return partitionLine(responses[0]!.partitions[0]!, world)
}

async function listed(
  world: World,
  choices: {
    readonly topic: TopicKind
    readonly partition: number
    readonly isolation: number
    readonly time: number
    readonly version: number
  },
): Promise<unknown> {
  const partitions = [{ partitionIndex: choices.partition, timestamp: choices.time }]
  const isolationLevel = choices.version >= 2 ? { isolationLevel: choices.isolation } : {}
  const body = { replicaId: -1, ...isolationLevel, topics: [{ name: topicName(world, choices.topic), partitions }] }
  const { topics } = await world.session.client.send(apis.ListOffsets, choices.version, body)
  const { errorCode, offset: found, timestamp, leaderEpoch } = topics[0]!.partitions[0]!
  return [errorName(errorCode), found, timeOf(timestamp), leaderEpoch]
}

async function deletedBelow(
  world: World,
  choices: { readonly topic: TopicKind; readonly partition: number; readonly offset: number },
) {
  const partitions = [{ partitionIndex: choices.partition, offset: choices.offset }]
  const body = { topics: [{ name: topicName(world, choices.topic), partitions }], timeoutMs: 5000 }
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
