/** What a running topology promises: one suite, run on every broker and transaction protocol. */
import { describe } from 'vitest'
import { boundedRunContract } from './runtime-bounded.ts'
import { failureContract } from './runtime-failures.ts'
import { faultContract } from './runtime-faults.ts'
import { leftoverContract } from './runtime-leftovers.ts'
import { limitContract } from './runtime-limits.ts'
import { preparationContract } from './runtime-preparation.ts'
import { standbyContract } from './runtime-standby.ts'
import { suiteBench } from './suite-bench.ts'
import type { ContractBroker } from './tools.ts'

/** @example runtimeContract('embedded broker', async () => …) */
export function runtimeContract(name: string, start: () => Promise<ContractBroker>): void {
  describe(`a running topology on ${name}`, () => {
    const bench = suiteBench(start)
    preparationContract(bench)
    boundedRunContract(bench)
    failureContract(bench)
    limitContract(bench)
    faultContract(bench)
    leftoverContract(bench)
    standbyContract(bench)
  })
}
