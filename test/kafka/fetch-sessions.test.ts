/** What the embedded broker does with fetch sessions is what Apache Kafka does. */
import { describe } from 'vitest'
import { startKafka } from '../../scripts/kafka.ts'
import { fetchSessionContract } from '../contracts/fetch-sessions.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Fetch sessions of Apache Kafka')

describe.skipIf(lacking !== null)('Apache Kafka 4.1', () => {
  fetchSessionContract('Apache Kafka 4.1', async () => {
    const kafka = await startKafka()
    return { address: kafka.brokers, stop: () => kafka.stop() }
  })
})
