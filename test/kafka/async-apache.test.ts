/** Workers whose records wait for answers, on Apache Kafka 4.1. */
import { describe } from 'vitest'
import { suiteBench } from '../contracts/suite-bench.ts'
import { asyncContract } from '../runtime/async/async-contract.ts'
import { lackingFor } from './lacking.ts'
import { sharedKafka } from './shared/shared-kafka.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka, a worker whose records wait for answers', () => {
  const bench = suiteBench(sharedKafka)
  asyncContract(bench)
})
