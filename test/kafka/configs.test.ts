/** Settings of topics and nodes: the same changes on Apache Kafka and on the embedded broker, the same outcomes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKafka } from '../../scripts/kafka.ts'
import { startBroker } from '../../src/broker/index.ts'
import * as apis from '../../src/wire/apis/index.ts'
import { errorName } from '../../src/wire/errors.ts'
import { Session } from './differential/session.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Settings beside those of Apache Kafka')
const [set, remove, append, subtract] = [0, 1, 2, 3] as const
const topicType = 2
const nodeType = 4

type Change = readonly [name: string, value: string | null, operation?: number]

interface Step {
  /** Replaces all that is set, where it is false changes single settings. */
  readonly replace?: boolean
  readonly changes: readonly Change[]
  readonly type?: number
  /** The topic of the test where it is left out. */
  readonly name?: string
  readonly validateOnly?: boolean
}

const steps: Readonly<Record<string, Step>> = {
  'one setting': { changes: [['retention.ms', '1000']] },
  'a list that grows': { changes: [['cleanup.policy', 'compact', append]] },
  'a list that has it': { changes: [['cleanup.policy', 'compact', append]] },
  'a list that shrinks': { changes: [['cleanup.policy', 'delete', subtract]] },
  'a list that does not have it': { changes: [['cleanup.policy', 'delete', subtract]] },
  'a list to nothing': { changes: [['cleanup.policy', 'compact', subtract]] },
  'a number that grows': { changes: [['retention.ms', '5', append]] },
  'back to the defaults': {
    changes: [
      ['retention.ms', null, remove],
      ['cleanup.policy', null, remove],
    ],
  },
  'back what was not set': { changes: [['retention.ms', null, remove]] },
  'back what there is not': { changes: [['nope', null, remove]] },
  'to null': { changes: [['retention.ms', null]] },
  'a list by null': { changes: [['cleanup.policy', null, append]] },
  'to what it cannot be': { changes: [['retention.ms', 'x']] },
  'below what it can be': { changes: [['max.message.bytes', '-1']] },
  'what there is not': { changes: [['nope', '1']] },
  'an operation that there is not': { changes: [['cleanup.policy', 'delete', 9]] },
  'one setting twice': {
    changes: [
      ['retention.ms', '1'],
      ['retention.ms', '2'],
    ],
  },
  'one that is right and one that is wrong': {
    changes: [
      ['retention.ms', '8888'],
      ['nope', '1'],
    ],
  },
  'only looked at': { changes: [['retention.ms', '99']], validateOnly: true },
  nothing: { changes: [] },
  'a topic that there is not': { changes: [['retention.ms', '1']], name: 'missing' },
  'a topic that cannot be': { changes: [['retention.ms', '1']], name: 'a b' },
  'every topic': { changes: [['retention.ms', '1']], name: '' },
  'a node that there is not': { changes: [['log.cleaner.threads', '1']], type: nodeType, name: '9' },
  'a node that cannot be': { changes: [['log.cleaner.threads', '1']], type: nodeType, name: 'x' },
  'what only the start of a node says': { changes: [['node.id', '2']], type: nodeType, name: '1' },
  'a kind that there is not': { changes: [['a', '1']], type: 99, name: 'x' },
  'all settings': { replace: true, changes: [['max.message.bytes', '2000']] },
  'all settings, one to null': { replace: true, changes: [['max.message.bytes', null]] },
  'all settings, one that there is not': { replace: true, changes: [['nope', '1']] },
  'all settings, only looked at': { replace: true, changes: [['retention.ms', '1']], validateOnly: true },
  'all settings of a topic that there is not': { replace: true, changes: [], name: 'missing' },
  'all settings, none': { replace: true, changes: [] },
}

async function change(session: Session, step: Step): Promise<string> {
  const { changes, type = topicType, name = session.topic, validateOnly = false } = step
  const configs = changes.map(([each, value, configOperation = set]) => ({ name: each, value, configOperation }))
  const resource = { resourceType: type, resourceName: name }
  const { responses } = step.replace
    ? await session.client.send(apis.AlterConfigs, 2, {
        resources: [{ ...resource, configs: configs.map(({ configOperation: _, ...rest }) => rest) }],
        validateOnly,
      })
    : await session.client.send(apis.IncrementalAlterConfigs, 1, {
        resources: [{ ...resource, configs }],
        validateOnly,
      })
  return errorName(responses[0]!.errorCode)
}

/** What a topic has set, and how it is described. A broker of Kafka's learns of a change a moment after it was made. */
async function described(session: Session, resourceType: number, resourceName: string, names: string[] | null) {
  const body = {
    resources: [{ resourceType, resourceName, configurationKeys: names }],
    includeSynonyms: true,
    includeDocumentation: false,
  }
  const { errorCode, configs } = (await session.client.send(apis.DescribeConfigs, 4, body)).results[0]!
  return [errorName(errorCode), configs.toSorted((one, other) => (one.name < other.name ? -1 : 1))] as const
}

const watched = ['cleanup.policy', 'max.message.bytes', 'retention.ms']

describe.skipIf(lacking !== null)('settings', () => {
  const closing: (() => Promise<void>)[] = []
  const sessions: Session[] = []

  beforeAll(async () => {
    const real = await startKafka()
    closing.push(() => real.stop())
    const ours = await startBroker()
    closing.push(() => ours.close())
    for (const address of [real.brokers, ours.address]) {
      const session = new Session(address, 'configured', 2)
      sessions.push(session)
      await session.createTopic(1)
    }
  })
  afterAll(async () => {
    for (const { client } of sessions) client.close()
    for (const close of closing) await close()
  })

  async function bothAre<T>(ask: (session: Session) => Promise<T>): Promise<void> {
    const [real, ours] = sessions as [Session, Session]
    const expected = await ask(ours)
    // Retried for Kafka's part: the controller has answered before the broker knows.
    await expect.poll(() => ask(real), { timeout: 10_000 }).toEqual(expected)
  }

  test.each(Object.keys(steps))('%s', async (name) => {
    const [expected, answered] = await Promise.all(sessions.map((session) => change(session, steps[name]!)))
    expect(answered).toBe(expected)
    await bothAre((session) => described(session, topicType, session.topic, watched))
  })

  test.each([
    ['a topic that there is not', topicType, 'missing'],
    ['a topic that cannot be', topicType, 'a b'],
    ['a topic without a name', topicType, ''],
    ['a node that there is not', nodeType, '9'],
    ['a node that cannot be', nodeType, 'x'],
    ['a kind that there is not', 99, ''],
  ])('described: %s', async (_, type, name) => {
    await bothAre((session) => described(session, type, name, null))
  })

  test('described: every setting of a topic has its name, kind and default', async () => {
    await bothAre(async (session) => {
      const [, configs] = await described(session, topicType, session.topic, null)
      return configs.map(({ name, value, configType, readOnly }) => [name, value, configType, readOnly])
    })
  })
})
