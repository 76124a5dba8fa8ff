/** Workers whose records come again, on Apache Kafka 4.1. */
import { describe } from 'vitest'
import { startKafka } from '../../scripts/kafka.ts'
import { suiteClients } from '../contracts/clients.ts'
import { runtimeTools } from '../contracts/runtime-tools.ts'
import { unique } from '../contracts/tools.ts'
import { reentryContract } from '../runtime/reentry-contract.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka, a worker whose records come again', () => {
  const suite = suiteClients(async () => {
    const kafka = await startKafka({})
    return { brokers: kafka.brokers, stop: () => kafka.stop(), compact: async () => undefined }
  })
  const bench = runtimeTools({
    brokers: () => suite.broker.brokers,
    kafka: () => suite.kafka,
    client: (brokers) => suite.client(brokers, { clientId: unique('worker') }),
  })
  reentryContract(bench)
})
