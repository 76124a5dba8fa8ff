/** Workers whose records come again, on the embedded broker, which audits what they do. */
import { describe } from 'vitest'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { reentryContract } from './reentry-contract.ts'

describe('a worker whose records come again', () => {
  const bench = suiteBench()
  reentryContract(bench)
})
