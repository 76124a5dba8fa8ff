/** Running topologies on Apache Kafka 4.1, with transaction protocol 2 and with the older one. */
import { describe } from 'vitest'
import { runtimeContract } from '../contracts/runtime.ts'
import { apacheBroker } from './apache-broker.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka', () => {
  for (const transactionVersion of [2, 0] as const) {
    runtimeContract(`Apache Kafka 4.1, transaction.version ${transactionVersion}`, () =>
      apacheBroker({ features: { transactionVersion } }),
    )
  }
})
