/** Groups of the newer protocol (KIP-848): the same requests to Apache Kafka and to the embedded broker, the same answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafkaTool, startKafka } from '../../scripts/kafka.ts'
import { startBroker } from '../../src/broker/index.ts'
import { batchOf } from '../broker/wire-client.ts'
import { consumerGroupContract } from '../contracts/port-consumer-groups.ts'
import * as scripts from './differential/consumer-groups.ts'
import { Session } from './differential/session.ts'
import { lackingFor } from './lacking.ts'

const { Members: _, ...all } = scripts
const lacking = lackingFor('Groups of the newer protocol beside those of Apache Kafka')

describe.skipIf(lacking !== null)('groups of the newer protocol', () => {
  const closing: (() => Promise<void>)[] = []
  let kafka: string
  let embedded: string

  beforeAll(async () => {
    const real = await startKafka()
    closing.push(() => real.stop())
    const ours = await startBroker({ features: { groupVersion: 1 } })
    closing.push(() => ours.close())
    kafka = real.brokers
    embedded = ours.address
  })
  afterAll(async () => {
    for (const close of closing) await close()
  })

  async function answersOf(script: keyof typeof all, address: string): Promise<string[]> {
    const session = new Session(address, `topic-${script}`, 2)
    try {
      await session.createTopic(4)
      await session.findCoordinator('any', 1)
      await all[script](session)
    } finally {
      session.client.close()
    }
    return session.answers
  }

  test.each(Object.keys(all) as (keyof typeof all)[])('%s', async (script) => {
    const [expected, ours] = await Promise.all([kafka, embedded].map((address) => answersOf(script, address)))
    expect(expected!.length).toBeGreaterThan(0)
    expect(ours).toEqual(expected)
  })
})

/** Sessions as short as the suite needs them; Kafka's default is 45 s at least. */
const shortSessions = {
  'group.consumer.min.session.timeout.ms': '1000',
  'group.consumer.session.timeout.ms': '1500',
  'group.consumer.min.heartbeat.interval.ms': '100',
  'group.consumer.heartbeat.interval.ms': '500',
}

describe.skipIf(lacking !== null)('through the port', () => {
  consumerGroupContract('Apache Kafka 4.1', async () => {
    const kafka = await startKafka({ properties: shortSessions })
    return { brokers: kafka.brokers, stop: () => kafka.stop(), compact: () => Promise.resolve() }
  })
})

const jarsLacking = lackingFor("Kafka's own consumer in a group of the newer protocol")

test.skipIf(jarsLacking !== null)("Kafka's own consumer reads the embedded broker in such a group", async () => {
  const broker = await startBroker({ features: { groupVersion: 1 }, partitions: 3 })
  const session = new Session(broker.address, 'lines', 2)
  try {
    await session.createTopic(3)
    for (const partition of [0, 1, 2]) await session.produce(batchOf(['k=v', 'k=w']), { partition })
    const read = await kafkaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      ...['--bootstrap-server', broker.address, '--topic', 'lines', '--from-beginning', '--max-messages', '6'],
      ...['--group', 'java', '--consumer-property', 'group.protocol=consumer'],
    ])
    expect(read.stdout.trim().split('\n').sort()).toEqual(['v', 'v', 'v', 'w', 'w', 'w'])
    const members = await new scripts.Members(session, 'java').open()
    expect(await members.listed()).toEqual(['consumer', 'Empty', 'consumer'])
    expect(await members.fetch(null, -1)).toEqual(['NONE', 2])
  } finally {
    session.client.close()
    await broker.close()
  }
})
