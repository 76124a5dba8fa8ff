/** Some random scripts of `npm run differential`: Apache Kafka and the embedded broker answer alike. */
import { describe, expect, test } from 'vitest'
import { withBrokers } from '../differential/brokers.ts'
import { compareSeeds } from '../differential/compare.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Random scripts on Apache Kafka')

describe.skipIf(lacking !== null)('random scripts', () => {
  test.each([
    [2, 1],
    [0, 501],
  ] as const)('transaction.version %s', { timeout: 180_000 }, async (protocol, first) => {
    const { requests, differences } = await withBrokers(protocol, (brokers) => compareSeeds(brokers, first, 10))
    expect(differences.filter(({ explained }) => explained === null)).toEqual([])
    expect(requests).toBeGreaterThan(150)
  })
})
