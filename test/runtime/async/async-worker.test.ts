/** Workers whose records wait for answers, on the embedded broker. */
import { describe } from 'vitest'
import { suiteBench } from '../../contracts/suite-bench.ts'
import { asyncContract } from './async-contract.ts'

describe('a worker whose records wait for answers', () => {
  const bench = suiteBench()
  asyncContract(bench)
})
