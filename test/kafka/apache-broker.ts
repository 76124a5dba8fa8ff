/** Apache Kafka as the broker of a suite. */
import { startKafka } from '../../scripts/kafka.ts'
import type { ContractBroker } from '../contracts/tools.ts'

/** @example suiteBench(() => apacheBroker({ features: { transactionVersion: 0 } })) */
export async function apacheBroker(options: Parameters<typeof startKafka>[0] = {}): Promise<ContractBroker> {
  const kafka = await startKafka(options)
  return { brokers: kafka.brokers, stop: () => kafka.stop(), compact: async () => undefined }
}
