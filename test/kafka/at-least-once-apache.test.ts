/** Topologies that run at least once on Apache Kafka 4.1, over our own client and over kafkajs. */
import { describe } from 'vitest'
import { kafkajs } from '../../src/kafka/kafkajs/index.ts'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { atLeastOnceContract } from '../contracts/runtime-at-least-once.ts'
import { lackingFor } from './lacking.ts'
import { sharedKafka } from './shared/shared-kafka.ts'

const lacking = lackingFor('at-least-once on Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka', () => {
  atLeastOnceContract(
    "Millrace's own client",
    (brokers, clientId) => connectKafka({ brokers: brokers.split(','), clientId }),
    sharedKafka,
  )
  atLeastOnceContract(
    'kafkajs',
    (brokers, clientId) => kafkajs({ brokers: brokers.split(','), clientId, requestTimeout: 2_000 }),
    sharedKafka,
  )
})
