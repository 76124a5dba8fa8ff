/** Workers that park keys, on Apache Kafka 4.1. */
import { describe } from 'vitest'
import { suiteBench } from '../contracts/suite-bench.ts'
import { parkingContract } from '../runtime/park/parking-contract.ts'
import { lackingFor } from './lacking.ts'
import { sharedKafka } from './shared/shared-kafka.ts'

const lacking = lackingFor('Apache Kafka')

describe.skipIf(lacking !== null)('on Apache Kafka, a worker that parks keys', () => {
  const bench = suiteBench(sharedKafka)
  parkingContract(bench)
})
