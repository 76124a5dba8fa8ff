/** Running topologies on Apache Kafka 4.1, with transaction protocol 2 and with the older one. */
import { describe } from 'vitest'
import { startKafka } from '../../scripts/kafka.ts'
import { runtimeContract } from '../contracts/runtime.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka', () => {
  for (const transactionVersion of [2, 0] as const) {
    runtimeContract(`Apache Kafka 4.1, transaction.version ${transactionVersion}`, async () => {
      const kafka = await startKafka({ features: { transactionVersion } })
      return { brokers: kafka.brokers, stop: () => kafka.stop(), compact: async () => undefined }
    })
  }
})
