/** The brokers under test: Apache Kafka, or the embedded one. */
import { startKafka } from '../../scripts/kafka.ts'
import { startBroker } from '../../src/broker/index.ts'
import type { StartBroker } from './rows.ts'

const featuresOf = (protocol: 1 | 2) => ({ transactionVersion: protocol === 1 ? 0 : 2 }) as const

export const apacheKafka: StartBroker = (protocol) => startKafka({ features: featuresOf(protocol) })

export const embedded: StartBroker = async (protocol) => {
  const broker = await startBroker({ features: featuresOf(protocol) })
  return { brokers: broker.address, stop: () => broker.close() }
}
