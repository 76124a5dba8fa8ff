/** Workers that park keys, on the embedded broker, which audits what they do. */
import { describe } from 'vitest'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { parkingContract } from './parking-contract.ts'

describe('a worker that parks keys', () => {
  const bench = suiteBench()
  parkingContract(bench)
})
