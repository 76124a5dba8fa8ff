/** Workers that park keys, on Apache Kafka 4.1. */
import { describe } from 'vitest'
import { suiteBench } from '../contracts/suite-bench.ts'
import { parkingContract } from '../runtime/park/parking-contract.ts'
import { apacheBroker } from './apache-broker.ts'
import { lackingFor } from './lacking.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka, a worker that parks keys', () => {
  const bench = suiteBench(apacheBroker)
  parkingContract(bench)
})
