/** The contract of the port over kafkajs on Apache Kafka 4.1. */
import { describe } from 'vitest'
import { startKafka } from '../../scripts/kafka.ts'
import { portContract } from '../contracts/port.ts'
import { overKafkajs } from '../kafkajs/adapter.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('kafkajs on Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka', () => {
  portContract('kafkajs and Apache Kafka 4.1', {
    features: { protocol: 1 },
    adapter: overKafkajs,
    async start() {
      const properties = { 'group.min.session.timeout.ms': '500', 'log.cleaner.backoff.ms': '100' }
      const kafka = await startKafka({ properties })
      return { brokers: kafka.brokers, stop: () => kafka.stop(), compact: async () => undefined }
    },
  })
})
