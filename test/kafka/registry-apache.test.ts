/** The schema registry on Apache Kafka 4.1: its topic and its transactions as a real broker has them. */
import { describe } from 'vitest'
import { registryContract } from '../registry/kafka-contract.ts'
import { apacheBroker } from './apache-broker.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('The registry on Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka', () => {
  registryContract('Apache Kafka 4.1', () => apacheBroker())
})
