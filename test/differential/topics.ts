/** What is asked of topics: their partitions, their settings, and where they are. */
import { type Random, randomInteger } from '../../src/random.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { errorCode, errorName } from '../../src/wire/errors.ts'
import { chance, pick } from '../fuzz/random-message.ts'
import { type Operation, operation } from './operation.ts'
import { aTopic, type TopicKind, topicName, type World } from './world.ts'

const settings = ['retention.ms', 'retention.bytes', 'cleanup.policy', 'message.timestamp.type', 'min.insync.replicas']
/** Those whose effect is seen in later steps. */
const effective: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['message.timestamp.type', ['LogAppendTime', 'CreateTime']],
  ['max.message.bytes', ['80', '150', '1000000']],
  ['compression.type', ['gzip', 'producer', 'uncompressed', 'lz4', 'snappy']],
  ['cleanup.policy', ['compact', 'delete', 'compact,delete']],
  ['message.timestamp.before.max.ms', ['1000', '9223372036854775807']],
  ['flush.ms', ['7', '-7', 'seven']],
]

const idOfNothing = Buffer.from('millrace-nowhere').toString('base64url')

export const topicOperations: Readonly<Record<string, Operation>> = {
  describeConfig: operation({
    weight: 2,
    choose: (random) => ({
      topic: aTopic(random),
      name: pick(random, [...settings, ...effective.map(([name]) => name)]),
    }),
    perform: (world, { topic, name }) => describedConfig(world, topicName(world, topic), name),
  }),
  tryConfig: operation({
    weight: 2,
    choose: (random) => ({
      name: pick(random, [...settings, 'no.such.setting']),
      value: pick(random, ['1000', '-1', 'compact', 'delete', 'LogAppendTime', 'CreateTime', '']),
      operation: pick(random, [0, 0, 1, 2, 3, 7]),
    }),
    perform: (world, { name, value, operation }) =>
      alteredConfig(world, { topic: world.session.topic, name, value, operation }, true),
  }),
  alterConfig: operation({ weight: 3, choose: drawChange, perform: changedConfig }),
  createPartitions: operation({
    weight: 1,
    choose: (random) => ({
      topic: aTopic(random),
      count: pick(random, [0, 1, 2, 3, 3, 4]),
      validateOnly: chance(random, 0.3),
    }),
    perform: grown,
  }),
  metadata: operation({
    weight: 2,
    choose: (random) => ({
      topic: aTopic(random),
      version: pick(random, [0, 1, 4, 7, 9, 10, 12]),
      byId: chance(random, 0.4),
      isUnknown: chance(random, 0.1),
    }),
    perform: whereabouts,
  }),
  describeTopics: operation({
    weight: 2,
    choose: (random) => ({
      names: pick(random, ['', 'stamped', 'stamped,compacted', 'compacted,missing,stamped', 'bad name']),
      limit: pick(random, [1, 2, 3, 100]),
      cursor: pick(random, ['', '', 'stamped', 'zzz']),
      cursorPartition: randomInteger(random, 0, 2),
    }),
    perform: page,
  }),
}

function drawChange(random: Random) {
  const [name, values] = pick(random, effective)
  return { topic: aTopic(random), name, value: pick(random, values), operation: pick(random, [0, 0, 0, 1, 2, 3]) }
}

interface Change {
  readonly topic: string
  readonly name: string
  readonly value: string
  readonly operation: number
}

async function alteredConfig(world: World, change: Change, validateOnly: boolean): Promise<string> {
  const { name, operation: configOperation, value } = change
  const configs = [{ name, configOperation, value }]
  const resources = [{ resourceType: 2, resourceName: change.topic, configs }]
  const answer = await world.session.client.send(apis.IncrementalAlterConfigs, 1, { resources, validateOnly })
  return errorName(answer.responses[0]!.errorCode)
}

async function changedConfig(
  world: World,
  choices: { readonly topic: TopicKind; readonly name: string; readonly value: string; readonly operation: number },
): Promise<unknown> {
  const topic = topicName(world, choices.topic)
  const code = await alteredConfig(world, { ...choices, topic }, false)
  if (code !== 'NONE') return code
  // Kafka tells its parts of changes one after the other: what follows the second is seen when the first is at work.
  await flagged(world, topic)
  await flagged(world, topic)
  return [code, await describedConfig(world, topic, choices.name)]
}

/** Changes a setting that does nothing, and waits until it is seen. */
async function flagged(world: World, topic: string): Promise<void> {
  const value = String(world.nextNumber())
  await alteredConfig(world, { topic, name: 'flush.messages', value, operation: 0 }, false)
  await world.session.settled(
    () => describedConfig(world, topic, 'flush.messages'),
    ([, configs]) => (configs[0]?.[1] === value ? errorCode.NONE : errorCode.NOT_COORDINATOR),
  )
}

type Described = readonly [
  code: string,
  configs: readonly (readonly [name: string, value: string | null, source: number])[],
]

async function describedConfig(world: World, resourceName: string, name: string): Promise<Described> {
  const resources = [{ resourceType: 2, resourceName, configurationKeys: [name] }]
  const body = { resources, includeSynonyms: false, includeDocumentation: false }
  const { results } = await world.session.client.send(apis.DescribeConfigs, 4, body)
  const { errorCode: code, configs } = results[0]!
  return [errorName(code), configs.map((config) => [config.name, config.value, config.configSource])]
}

async function grown(
  world: World,
  choices: { readonly topic: TopicKind; readonly count: number; readonly validateOnly: boolean },
): Promise<string> {
  const { count, validateOnly } = choices
  const name = topicName(world, choices.topic)
  const body = { topics: [{ name, count, assignments: null }], timeoutMs: 5000, validateOnly }
  const { results } = await world.session.client.send(apis.CreatePartitions, 3, body)
  const code = results[0]!.errorCode
  if (code === errorCode.NONE && !validateOnly) await world.session.isLed(name, count)
  return errorName(code)
}

async function whereabouts(
  world: World,
  choices: {
    readonly topic: TopicKind
    readonly version: number
    readonly byId: boolean
    readonly isUnknown: boolean
  },
): Promise<unknown> {
  const { version, isUnknown } = choices
  const name = isUnknown ? world.nameOf('nowhere') : topicName(world, choices.topic)
  const known = world.topicIds.get(name) ?? idOfNothing
  const wanted = choices.byId && version >= 12 ? { topicId: known, name: null } : { name }
  const body = { topics: [wanted], ...(version >= 4 && { allowAutoTopicCreation: false }) }
  const { topics } = await world.session.client.send(apis.Metadata, version, body)
  return topics.map(({ errorCode: code, name: told, topicId, partitions, topicAuthorizedOperations }) => [
    errorName(code),
    told,
    version >= 10 && topicId === world.topicIds.get(name),
    partitions
      .map((each) => [each.partitionIndex, each.leaderId, each.leaderEpoch, each.replicaNodes, each.isrNodes])
      .sort(),
    topicAuthorizedOperations,
  ])
}

async function page(
  world: World,
  choices: {
    readonly names: string
    readonly limit: number
    readonly cursor: string
    readonly cursorPartition: number
  },
): Promise<unknown> {
  const topics = choices.names.split(',').map((part) => ({ name: topicName(world, part as TopicKind) }))
  const cursor =
    choices.cursor === ''
      ? null
      : { topicName: topicName(world, choices.cursor as TopicKind), partitionIndex: choices.cursorPartition }
  const body = { topics, responsePartitionLimit: choices.limit, cursor }
  const answer = await world.session.client.send(apis.DescribeTopicPartitions, 0, body)
  const told = answer.topics.map(({ errorCode: code, name, topicId, partitions }) => [
    errorName(code),
    name,
    topicId === world.topicIds.get(name ?? ''),
    partitions.map((each) => [each.partitionIndex, each.leaderId, each.leaderEpoch, each.eligibleLeaderReplicas]),
  ])
  return [told, answer.nextCursor]
}
