/**
 * The same requests to the coordinators of Apache Kafka and of the embedded broker: the same answers. Kafka's are kept in
 * test/golden/coordinators (`vitest -u` writes them anew), so that the embedded broker is held to them everywhere.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startKafka } from '../../scripts/kafka.ts'
import { startBroker } from '../../src/broker/index.ts'
import {
  answersTo,
  coordinatorScripts,
  embeddedOptions,
  largestGroup,
  recordedAnswers,
} from './differential/coordinators.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Comparison of coordinators with Apache Kafka')

describe.skipIf(lacking !== null).each([2, 0] as const)('transaction.version %s', (transactionVersion) => {
  const closing: (() => Promise<void>)[] = []
  let kafka: string
  let embedded: string

  beforeAll(async () => {
    const properties = {
      'group.max.size': String(largestGroup),
      'transaction.abort.timed.out.transaction.cleanup.interval.ms': '100',
    }
    const real = await startKafka({ features: { transactionVersion }, properties })
    closing.push(() => real.stop())
    const ours = await startBroker(embeddedOptions(transactionVersion))
    closing.push(() => ours.close())
    kafka = real.brokers
    embedded = ours.address
  })
  afterAll(async () => {
    for (const close of closing) await close()
  })

  test.each(Object.keys(coordinatorScripts))('%s', async (script) => {
    // At the same time: most of them wait for sessions and timeouts.
    const [expected, ours] = await Promise.all(
      [kafka, embedded].map((address) => answersTo(script, address, transactionVersion)),
    )
    expect(expected!.split('\n').length).toBeGreaterThan(2)
    await expect(expected).toMatchFileSnapshot(recordedAnswers(script, transactionVersion))
    expect(ours).toBe(expected)
  })
})
