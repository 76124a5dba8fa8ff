/** An embedded broker that watches, while a suite runs on it, what is done to exactly-once. */
import { expect } from 'vitest'
import { type BrokerOptions, startBroker } from '../../src/broker/index.ts'
import type { ContractBroker } from './tools.ts'

/** Whoever ends it learns what was violated. A suite that committed no positions has shown nothing. */
export async function auditedBroker(options: BrokerOptions): Promise<ContractBroker> {
  const broker = await startBroker({ ...options, audit: true })
  return {
    brokers: broker.addresses,
    async stop() {
      const { violations, commits } = broker.audit()
      await broker.close()
      expect(violations).toEqual([])
      expect(commits).toBeGreaterThan(0)
    },
    compact: async (topic) => broker.compactNow(topic),
  }
}
