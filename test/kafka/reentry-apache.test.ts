/** Workers whose records come again, on Apache Kafka 4.1. */
import { describe } from 'vitest'
import { suiteBench } from '../contracts/suite-bench.ts'
import { reentryContract } from '../runtime/reentry/reentry-contract.ts'
import { lackingFor } from './lacking.ts'
import { sharedKafka } from './shared/shared-kafka.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka, a worker whose records come again', () => {
  const bench = suiteBench(sharedKafka)
  reentryContract(bench)
})
