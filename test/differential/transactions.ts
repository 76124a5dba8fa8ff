/** Producers, idempotent and transactional, doing right and wrong. */
import { type Random, randomInteger } from '../../src/random.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import { chance, pick } from '../fuzz/random-message.ts'
import type { Producer } from '../kafka/differential/session.ts'
import { aCodec, batchOf, type Codec, withoutKey } from './batches.ts'
import { type Operation, operation } from './operation.ts'
import { aTopic, type TopicKind, topicName, type World } from './world.ts'

const ids = ['a', 'b'] as const
const partition = (random: Random): number => randomInteger(random, 0, 1)
/** Mostly the right one. */
const epochChange = (random: Random): number => (chance(random, 0.85) ? 0 : pick(random, [-1, 1, 2]))

/** The producer of an id as this broker knows it; one that never was when there is none. */
export function producerOf(world: World, id: string, more = 0): Producer {
  const known = world.producers.get(id) ?? { id: world.nameOf(id), producerId: 987_654, epoch: 0 }
  return { ...known, epoch: known.epoch + more }
}

function learn(world: World, id: string, producerId: number, epoch: number): void {
  world.producers.set(id, { id: world.nameOf(id), producerId, epoch })
}

export const transactionOperations: Readonly<Record<string, Operation>> = {
  initialise: operation({
    weight: 6,
    choose: (random) => ({
      id: pick(random, ids),
      version: pick(random, [0, 2, 3, 4, 5]),
      goesOn: chance(random, 0.3),
      more: epochChange(random),
      timeout: chance(random, 0.95) ? 60_000 : pick(random, [0, -1, 1_000_000_000]),
    }),
    async perform(world, { id, version, goesOn, more, timeout }) {
      const expected = goesOn && version >= 3 ? producerOf(world, id, more) : undefined
      const ask = () => world.session.initialise(world.nameOf(id), expected, version, timeout)
      const answer = await world.session.settled(ask, ({ errorCode }) => errorCode)
      if (answer.errorCode === 0) learn(world, id, answer.producerId, answer.producerEpoch)
      return [errorName(answer.errorCode), world.alias(answer.producerId), answer.producerEpoch]
    },
  }),
  addPartitions: operation({
    weight: 5,
    choose: (random) => ({
      id: pick(random, ids),
      more: epochChange(random),
      topic: aTopic(random),
      partition: chance(random, 0.95) ? partition(random) : 9,
      alsoFirst: chance(random, 0.2),
      version: pick(random, [0, 1, 2, 3, 3, 3]),
    }),
    perform: addPartitions,
  }),
  addOffsets: operation({
    weight: 2,
    choose: (random) => ({ id: pick(random, ids), more: epochChange(random), group: pick(random, ['free', 'pair']) }),
    perform: (world, { id, more, group }) => world.session.addOffsets(producerOf(world, id, more), world.nameOf(group)),
  }),
  write: operation({
    weight: 14,
    choose: (random) => ({
      id: pick(random, ids),
      topic: aTopic(random),
      partition: partition(random),
      codec: aCodec(random),
      isKeyless: withoutKey(random),
      more: epochChange(random),
      /** How far from the next sequence: behind is a repetition. */
      shift: chance(random, 0.8) ? 0 : pick(random, [-1, 1, 3]),
      count: randomInteger(random, 1, 3),
      transactional: chance(random, 0.9),
      older: chance(random, 0.2),
    }),
    perform: writeInTransaction,
  }),
  commitPositions: operation({
    weight: 5,
    choose: (random) => ({
      id: pick(random, ids),
      more: epochChange(random),
      generation: pick(random, [-1, -1, 0, 7]),
    }),
    perform(world, { id, more, generation }) {
      const member = { memberId: generation < 0 ? '' : 'somebody', generationId: generation }
      return world.session.commitInTransaction(producerOf(world, id, more), world.nameOf('free'), member)
    },
  }),
  end: operation({
    weight: 10,
    choose: (random) => ({
      id: pick(random, ids),
      committed: chance(random, 0.6),
      more: epochChange(random),
      older: chance(random, 0.15),
    }),
    async perform(world, { id, committed, more, older }) {
      const producer = producerOf(world, id, more)
      const version = older ? 3 : world.session.versions.endTransaction
      const body = {
        transactionalId: producer.id,
        producerId: producer.producerId,
        producerEpoch: producer.epoch,
        committed,
      }
      const ask = () => world.session.client.send(apis.EndTxn, version, body)
      const answer = await world.session.settled(ask, ({ errorCode }) => errorCode)
      await settle(world, producer.id)
      if (answer.errorCode === 0 && answer.producerEpoch >= 0) learn(world, id, answer.producerId, answer.producerEpoch)
      return [
        errorName(answer.errorCode),
        answer.producerId < 0 ? null : world.alias(answer.producerId),
        answer.producerEpoch,
      ]
    },
  }),
  addSeveral: operation({
    weight: 3,
    choose: (random) => ({
      version: pick(random, [4, 5]),
      more: epochChange(random),
      verifyOnly: chance(random, 0.5),
      partition: partition(random),
      alsoOther: chance(random, 0.3),
    }),
    perform: addSeveral,
  }),
  state: operation({
    weight: 3,
    choose: (random) => ({ id: pick(random, ids) }),
    perform: stateOf,
  }),
  producers: operation({
    weight: 3,
    choose: (random) => ({ partition: partition(random) }),
    perform: describeProducers,
  }),
}

type Adding = {
  readonly id: string
  readonly more: number
  readonly topic: TopicKind
  readonly partition: number
  readonly alsoFirst: boolean
  readonly version: number
}

async function addPartitions(world: World, choices: Adding): Promise<unknown> {
  const { id, producerId, epoch } = producerOf(world, choices.id, choices.more)
  const partitions = choices.alsoFirst && choices.partition !== 0 ? [0, choices.partition] : [choices.partition]
  const { resultsByTopicV3AndBelow: results } = await world.session.client.send(
    apis.AddPartitionsToTxn,
    choices.version,
    {
      v3AndBelowTransactionalId: id,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: epoch,
      v3AndBelowTopics: [{ name: topicName(world, choices.topic), partitions }],
    },
  )
  return codesOf(results)
}

/** What brokers say to each other (KIP-890). Below protocol 2 Kafka adds nothing by these versions and is stuck. */
async function addSeveral(
  world: World,
  choices: {
    readonly version: number
    readonly more: number
    readonly verifyOnly: boolean
    readonly partition: number
    readonly alsoOther: boolean
  },
): Promise<unknown> {
  const verifyOnly = choices.verifyOnly || world.protocol === 0
  const topics = [{ name: world.session.topic, partitions: [choices.partition] }]
  const transactions = (choices.alsoOther ? ids : ids.slice(0, 1)).map((name) => {
    const { id: transactionalId, producerId, epoch: producerEpoch } = producerOf(world, name, choices.more)
    return { transactionalId, producerId, producerEpoch, verifyOnly, topics }
  })
  const answer = await world.session.client.send(apis.AddPartitionsToTxn, choices.version, { transactions })
  const results = answer.resultsByTransaction.map((each) => `${each.transactionalId} ${codesOf(each.topicResults)}`)
  return [errorName(answer.errorCode), results.sort()]
}

function codesOf(
  results: readonly {
    readonly resultsByPartition: readonly { readonly partitionIndex: number; readonly partitionErrorCode: number }[]
  }[],
): string[] {
  return results
    .flatMap(({ resultsByPartition }) => resultsByPartition)
    .map(({ partitionIndex, partitionErrorCode }) => `${partitionIndex} ${errorName(partitionErrorCode)}`)
    .sort()
}

/** Waits until no marker is on its way. An id that nobody knows has none. */
async function settle(world: World, id: string): Promise<void> {
  const known = await world.session.client.send(apis.DescribeTransactions, 0, { transactionalIds: [id] })
  if (known.transactionStates[0]!.errorCode === 0) await world.session.ended(id)
}

/** Kafka tells partitions in the order of a hash. */
async function stateOf(world: World, { id }: { readonly id: string }): Promise<unknown> {
  const body = { transactionalIds: [world.nameOf(id)] }
  const { transactionStates } = await world.session.client.send(apis.DescribeTransactions, 0, body)
  const { errorCode, transactionState, producerEpoch, topics } = transactionStates[0]!
  const touched = topics.flatMap(({ topic, partitions }) => partitions.map((index) => `${topic} ${index}`))
  return [errorName(errorCode), transactionState, producerEpoch, touched.sort()]
}

type Write = {
  readonly id: string
  readonly topic: TopicKind
  readonly codec: Codec
  readonly isKeyless: boolean
  readonly partition: number
  readonly more: number
  readonly shift: number
  readonly count: number
  readonly transactional: boolean
  readonly older: boolean
}

async function writeInTransaction(world: World, choices: Write): Promise<unknown> {
  const { session } = world
  const producer = producerOf(world, choices.id, choices.more)
  const { producerId, epoch: producerEpoch } = producer
  const topic = topicName(world, choices.topic)
  const place = `${producerId} ${producerEpoch} ${topic} ${choices.partition}`
  const next = world.sequences.get(place) ?? 0
  const baseSequence = Math.max(0, next + choices.shift * choices.count)
  const { transactional } = choices
  const identity = { producerId, producerEpoch, baseSequence, transactional }
  const records = batchOf(choices.count, `v${baseSequence}.`, choices.isKeyless, {
    ...identity,
    compression: choices.codec,
  })
  const version = choices.older ? 9 : session.versions.produce
  const transactionalId = transactional ? producer.id : null
  const answer = await session.produce(records, { transactionalId, topic, partition: choices.partition, version })
  if (answer.startsWith('NONE')) world.sequences.set(place, Math.max(next, baseSequence + choices.count))
  return answer
}

async function describeProducers(world: World, choices: { readonly partition: number }): Promise<unknown> {
  const topics = [{ name: world.session.topic, partitionIndexes: [choices.partition] }]
  const answer = await world.session.client.send(apis.DescribeProducers, 0, { topics })
  const { errorCode, activeProducers } = answer.topics[0]!.partitions[0]!
  const seen = activeProducers.map(({ producerId, producerEpoch, lastSequence, currentTxnStartOffset }) =>
    [world.alias(producerId), producerEpoch, lastSequence, currentTxnStartOffset].join(' '),
  )
  return [errorName(errorCode), ...seen.sort()]
}
