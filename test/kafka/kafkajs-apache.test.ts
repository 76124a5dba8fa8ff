/** The contract of the port over kafkajs on Apache Kafka 4.1. */
import { describe } from 'vitest'
import { portContract } from '../contracts/port.ts'
import { overKafkajs } from '../kafkajs/adapter.ts'
import { apacheBroker } from './apache-broker.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('kafkajs on Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka', () => {
  portContract('kafkajs and Apache Kafka 4.1', {
    features: { protocol: 1 },
    adapter: overKafkajs,
    async start() {
      const properties = { 'group.min.session.timeout.ms': '500', 'log.cleaner.backoff.ms': '100' }
      return apacheBroker({ properties })
    },
  })
})
