/** Workers whose records wait for answers, on Apache Kafka 4.1. */
import { describe } from 'vitest'
import { suiteBench } from '../contracts/suite-bench.ts'
import { asyncContract } from '../runtime/async/async-contract.ts'
import { apacheBroker } from './apache-broker.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka, a worker whose records wait for answers', () => {
  const bench = suiteBench(apacheBroker)
  asyncContract(bench)
})
