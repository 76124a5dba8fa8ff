/** The same requests to Apache Kafka and to the embedded broker: the same answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKafka } from '../../scripts/kafka.ts'
import { startBroker } from '../../src/broker/index.ts'
import { ApiVersions } from '../../src/wire/apis/index.ts'
import { WireClient } from '../broker/wire-client.ts'
import { oneMember, staticMember } from './differential/groups.ts'
import { Session } from './differential/session.ts'
import { configs, creating, features, records } from './differential/topics.ts'
import {
  fencing,
  impossible,
  oneTransaction,
  positions,
  repeatedEnds,
  whileEnding,
} from './differential/transactions.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Comparison with Apache Kafka')

const scripts = {
  features,
  creating,
  configs,
  records,
  oneTransaction,
  repeatedEnds,
  whileEnding,
  fencing,
  impossible,
  positions,
  oneMember,
  staticMember,
}

describe.skipIf(lacking !== null).each([2, 0] as const)('transaction.version %s', (transactionVersion) => {
  const closing: (() => Promise<void>)[] = []
  let kafka: string
  let embedded: string

  beforeAll(async () => {
    const real = await startKafka({ features: { transactionVersion } })
    closing.push(() => real.stop())
    const ours = await startBroker({ features: { transactionVersion }, markerDelay: { minimum: 5, maximum: 10 } })
    closing.push(() => ours.close())
    kafka = real.brokers
    embedded = ours.address
  })
  afterAll(async () => {
    for (const close of closing) await close()
  })

  async function rangesOf(address: string): Promise<Map<number, readonly [number, number]>> {
    const client = new WireClient(address)
    const { apiKeys } = await client.send(ApiVersions, 0, {})
    client.close()
    return new Map(apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]))
  }

  async function answersOf(script: keyof typeof scripts, address: string): Promise<string[]> {
    const session = new Session(address, `topic-${script}`, transactionVersion)
    try {
      await session.createTopic(4)
      await session.findCoordinator('any', 1)
      await session.findCoordinator('any', 0)
      await scripts[script](session)
    } finally {
      session.client.close()
    }
    return session.answers
  }

  test('what is advertised is served by Apache Kafka too', async () => {
    const [theirs, ours] = await Promise.all([rangesOf(kafka), rangesOf(embedded)])
    expect(ours.size).toBeGreaterThan(25)
    for (const [key, [lowest, highest]] of ours) {
      const [from, to] = theirs.get(key) ?? [Number.NaN, Number.NaN]
      expect([key, lowest >= from, highest <= to]).toEqual([key, true, true])
    }
  })

  test.each(Object.keys(scripts) as (keyof typeof scripts)[])('%s', async (script) => {
    const [expected, ours] = await Promise.all([kafka, embedded].map((address) => answersOf(script, address)))
    expect(expected!.length).toBeGreaterThan(0)
    expect(ours).toEqual(expected)
  })
})
