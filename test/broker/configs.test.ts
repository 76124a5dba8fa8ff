/** Settings of topics and nodes: what may be changed, how, and that it counts at once. Apache Kafka 4.1 was asked for each code. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import { batchOf, WireClient } from './wire-client.ts'

let broker: EmbeddedBroker
let client: WireClient

beforeEach(async () => {
  broker = await startBroker({ onError: (error) => console.error(error) })
  client = new WireClient(broker.address)
  const topic = { name: 'topic', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  await client.send(apis.CreateTopics, 7, { topics: [topic], timeoutMs: 5000, validateOnly: false })
})
afterEach(async () => {
  client.close()
  await broker.close()
})

type Change = readonly [name: string, value: string | null, operation?: number]

interface Where {
  readonly type?: number
  readonly name?: string
  readonly validateOnly?: boolean
}

const [set, remove, append, subtract] = [0, 1, 2, 3] as const

async function change(changes: readonly Change[], { type = 2, name = 'topic', validateOnly = false }: Where = {}) {
  const configs = changes.map(([each, value, configOperation = set]) => ({ name: each, value, configOperation }))
  const resources = [{ resourceType: type, resourceName: name, configs }]
  const { responses } = await client.send(apis.IncrementalAlterConfigs, 1, { resources, validateOnly })
  return errorName(responses[0]!.errorCode)
}

async function replace(entries: Readonly<Record<string, string | null>>, name = 'topic', validateOnly = false) {
  const configs = Object.entries(entries).map(([each, value]) => ({ name: each, value }))
  const resources = [{ resourceType: 2, resourceName: name, configs }]
  const { responses } = await client.send(apis.AlterConfigs, 2, { resources, validateOnly })
  return errorName(responses[0]!.errorCode)
}

async function describeOne(configurationKeys: string[] | null, { type = 2, name = 'topic' }: Where = {}) {
  const resources = [{ resourceType: type, resourceName: name, configurationKeys }]
  const body = { resources, includeSynonyms: true, includeDocumentation: false }
  return (await client.send(apis.DescribeConfigs, 4, body)).results[0]!
}

async function settingOf(name: string): Promise<string> {
  const { value, configSource } = (await describeOne([name])).configs[0]!
  return `${value} ${configSource === 1 ? 'set' : 'default'}`
}

async function produce(text: string): Promise<string> {
  const topicData = [{ name: 'topic', partitionData: [{ index: 0, records: batchOf([text]) }] }]
  const { responses } = await client.send(apis.Produce, 9, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 5000,
    topicData,
  })
  return errorName(responses[0]!.partitionResponses[0]!.errorCode)
}

describe('changing single settings', () => {
  test('counts at once', async () => {
    expect(await produce('x'.repeat(2_000))).toBe('NONE')
    expect(await change([['max.message.bytes', '1000']])).toBe('NONE')
    expect(await produce('x'.repeat(2_000))).toBe('MESSAGE_TOO_LARGE')
    expect(await change([['max.message.bytes', null, remove]])).toBe('NONE')
    expect(await produce('x'.repeat(2_000))).toBe('NONE')
  })

  test('leaves the others as they are', async () => {
    await change([['retention.ms', '1000']])
    await change([['max.message.bytes', '2000']])
    expect([await settingOf('retention.ms'), await settingOf('max.message.bytes')]).toEqual(['1000 set', '2000 set'])
  })

  test('grows and shrinks lists', async () => {
    await change([['cleanup.policy', 'compact', append]])
    expect(await settingOf('cleanup.policy')).toBe('delete,compact set')
    await change([['cleanup.policy', 'compact', append]])
    expect(await settingOf('cleanup.policy')).toBe('delete,compact set')
    await change([['cleanup.policy', 'delete', subtract]])
    expect(await settingOf('cleanup.policy')).toBe('compact set')
    await change([['cleanup.policy', null, remove]])
    expect(await settingOf('cleanup.policy')).toBe('delete default')
  })

  test('may be only looked at', async () => {
    expect(await change([['retention.ms', '1']], { validateOnly: true })).toBe('NONE')
    expect(await settingOf('retention.ms')).toBe('604800000 default')
  })

  test.each<[string, readonly Change[], Where, string]>([
    ['nothing', [], {}, 'NONE'],
    ['a setting back that was not set', [['retention.ms', null, remove]], {}, 'NONE'],
    ['a setting back that there is not', [['nope', null, remove]], {}, 'NONE'],
    ['a setting to null', [['retention.ms', null]], {}, 'INVALID_REQUEST'],
    ['a list by null', [['cleanup.policy', null, append]], {}, 'INVALID_REQUEST'],
    ['a number by appending', [['retention.ms', '5', append]], {}, 'INVALID_CONFIG'],
    ['a setting that there is not', [['nope', '1']], {}, 'INVALID_CONFIG'],
    ['a setting that every object has', [['constructor', '1']], {}, 'INVALID_CONFIG'],
    ['by an operation that there is not', [['cleanup.policy', 'delete', 9]], {}, 'UNKNOWN_SERVER_ERROR'],
    [
      'one setting twice',
      [
        ['retention.ms', '1'],
        ['retention.ms', '2'],
      ],
      {},
      'INVALID_REQUEST',
    ],
    ['a topic that there is not', [['retention.ms', '1']], { name: 'missing' }, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a topic that cannot be', [['retention.ms', '1']], { name: 'a b' }, 'INVALID_TOPIC_EXCEPTION'],
    ['all topics', [['retention.ms', '1']], { name: '' }, 'INVALID_REQUEST'],
    ['a node that there is not', [['log.cleaner.threads', '1']], { type: 4, name: '9' }, 'INVALID_REQUEST'],
    ['a node that cannot be', [['log.cleaner.threads', '1']], { type: 4, name: 'x' }, 'INVALID_REQUEST'],
    ['what only the start says', [['node.id', '2']], { type: 4, name: '1' }, 'INVALID_REQUEST'],
    ['what there is not at all', [['a', '1']], { type: 99 }, 'INVALID_REQUEST'],
  ])('%s', async (_, changes, where, expected) => {
    expect(await change(changes, where)).toBe(expected)
  })

  test('does nothing when one of several is wrong, and asks the topics one by one', async () => {
    expect(
      await change([
        ['retention.ms', '1'],
        ['nope', '1'],
      ]),
    ).toBe('INVALID_CONFIG')
    expect(await settingOf('retention.ms')).toBe('604800000 default')
    const configs = [{ name: 'retention.ms', configOperation: set, value: '7' }]
    const resources = ['topic', 'missing'].map((resourceName) => ({ resourceType: 2, resourceName, configs }))
    const { responses } = await client.send(apis.IncrementalAlterConfigs, 0, { resources, validateOnly: false })
    expect(responses.map(({ errorCode: code }) => errorName(code))).toEqual(['NONE', 'UNKNOWN_TOPIC_OR_PARTITION'])
    expect(await settingOf('retention.ms')).toBe('7 set')
  })

  test('is refused when a topic is named twice', async () => {
    const resource = { resourceType: 2, resourceName: 'topic', configs: [] }
    const body = { resources: [resource, resource], validateOnly: false }
    const { responses } = await client.send(apis.IncrementalAlterConfigs, 1, body)
    expect(responses.map(({ errorCode: code }) => errorName(code))).toEqual(['INVALID_REQUEST', 'INVALID_REQUEST'])
  })
})

test.each([
  ['retention.ms', 'x'],
  ['retention.ms', '-2'],
  ['cleanup.policy', 'a'],
  ['max.message.bytes', '-1'],
  ['max.message.bytes', '9999999999'],
  ['segment.bytes', '13'],
  ['min.insync.replicas', '0'],
  ['min.cleanable.dirty.ratio', '1.5'],
  ['preallocate', 'yes'],
  ['segment.ms', '0'],
  ['flush.messages', '-1'],
  ['local.retention.ms', '-3'],
  ['compression.lz4.level', '20'],
])('%s cannot be %s', async (name, value) => {
  expect(await change([[name, value]])).toBe('INVALID_CONFIG')
})

test.each([
  ['retention.ms', ' 5 '],
  ['retention.bytes', '-5'],
  ['cleanup.policy', 'delete,compact'],
  ['cleanup.policy', ''],
  ['preallocate', 'TRUE'],
])('%s can be "%s"', async (name, value) => {
  expect(await change([[name, value]])).toBe('NONE')
})

describe('replacing all settings', () => {
  test('gives those that are not named their defaults', async () => {
    await change([['retention.ms', '1000']])
    expect(await replace({ 'max.message.bytes': '2000' })).toBe('NONE')
    expect([await settingOf('retention.ms'), await settingOf('max.message.bytes')]).toEqual([
      '604800000 default',
      '2000 set',
    ])
    expect(await replace({ 'retention.ms': '1' }, 'topic', true)).toBe('NONE')
    expect(await settingOf('max.message.bytes')).toBe('2000 set')
  })

  test('is refused as the others are', async () => {
    expect(await replace({ 'max.message.bytes': null })).toBe('INVALID_REQUEST')
    expect(await replace({ nope: '1' })).toBe('INVALID_CONFIG')
    expect(await replace({}, 'missing')).toBe('UNKNOWN_TOPIC_OR_PARTITION')
  })
})

describe('describing', () => {
  test('a topic', async () => {
    await change([['max.message.bytes', '2000']])
    expect((await describeOne(null)).configs).toHaveLength(33)
    expect((await describeOne(['max.message.bytes'])).configs).toEqual([
      {
        name: 'max.message.bytes',
        value: '2000',
        readOnly: false,
        configSource: 1,
        isSensitive: false,
        synonyms: [
          { name: 'max.message.bytes', value: '2000', source: 1 },
          { name: 'message.max.bytes', value: '1048588', source: 5 },
        ],
        configType: 3,
        documentation: null,
      },
    ])
    expect((await describeOne(['nope'])).configs).toEqual([])
    expect(errorName((await describeOne(null, { name: 'missing' })).errorCode)).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(errorName((await describeOne(null, { name: '' })).errorCode)).toBe('INVALID_TOPIC_EXCEPTION')
  })

  test('a node', async () => {
    const { configs } = await describeOne(['node.id', 'message.max.bytes', 'advertised.listeners'], {
      type: 4,
      name: '1',
    })
    expect(configs.map(({ name, value, configSource, readOnly }) => [name, value, configSource, readOnly])).toEqual([
      ['advertised.listeners', `PLAINTEXT://${broker.address}`, 4, true],
      ['node.id', '1', 4, true],
      ['message.max.bytes', '1048588', 5, true],
    ])
    expect(errorName((await describeOne(null, { type: 4, name: '9' })).errorCode)).toBe('INVALID_REQUEST')
    expect(errorName((await describeOne(null, { type: 99 })).errorCode)).toBe('INVALID_REQUEST')
  })
})
