/** Running topologies on Apache Kafka 4.1, with transaction protocol 2 and with the older one. */
import { describe } from 'vitest'
import { kafkaAvailable, startKafka } from '../../scripts/kafka.ts'
import { runtimeContract } from '../contracts/runtime.ts'

const lacking = kafkaAvailable()
if (lacking !== null) {
  if (process.env.CI === 'true') throw new Error(`Apache Kafka is needed where CI=true: ${lacking}`)
  console.log(`Apache Kafka left out: ${lacking}`)
}

describe.skipIf(lacking !== null)('on Apache Kafka', () => {
  for (const transactionVersion of [2, 0] as const) {
    runtimeContract(`Apache Kafka 4.1, transaction.version ${transactionVersion}`, async () => {
      const kafka = await startKafka({ features: { transactionVersion } })
      return { brokers: kafka.brokers, stop: () => kafka.stop(), compact: async () => undefined }
    })
  }
})
