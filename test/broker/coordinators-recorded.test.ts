/** Coordinators answer as those of Apache Kafka did when test/kafka/coordinators.test.ts asked both. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedBroker, startBroker } from '../../src/broker/index.ts'
import { answersTo, coordinatorScripts, embeddedOptions, recordedAnswers } from '../kafka/differential/coordinators.ts'

describe.each([2, 0] as const)('transaction.version %s', (transactionVersion) => {
  let broker: EmbeddedBroker
  beforeAll(async () => {
    broker = await startBroker(embeddedOptions(transactionVersion))
  })
  afterAll(() => broker.close())

  test.each(Object.keys(coordinatorScripts))('%s', async (script) => {
    const expected = readFileSync(recordedAnswers(script, transactionVersion), 'utf8')
    expect(await answersTo(script, broker.address, transactionVersion)).toBe(expected)
  })
})
