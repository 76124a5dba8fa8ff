/** What a running topology promises: one suite, run on every broker and transaction protocol. */
import { afterAll, beforeAll, describe } from 'vitest'
import type { Kafka } from '../../src/kafka/port.ts'
import { boundedRunContract } from './runtime-bounded.ts'
import { failureContract } from './runtime-failures.ts'
import { faultContract } from './runtime-faults.ts'
import { limitContract } from './runtime-limits.ts'
import { preparationContract } from './runtime-preparation.ts'
import { type RuntimeBench, runtimeTools } from './runtime-tools.ts'
import { type ContractBroker, connected } from './tools.ts'

/** @example runtimeContract('embedded broker', async () => …) */
export function runtimeContract(name: string, start: () => Promise<ContractBroker>): void {
  describe(`a running topology on ${name}`, () => {
    const clients: Kafka[] = []
    let broker: ContractBroker
    let kafka: Kafka
    const bench: RuntimeBench = runtimeTools({
      brokers: () => broker.brokers,
      kafka: () => kafka,
      async client(brokers = broker.brokers) {
        const client = await connected(brokers)
        clients.push(client)
        return client
      },
    })
    beforeAll(async () => {
      broker = await start()
      kafka = await bench.client()
    })
    afterAll(async () => {
      for (const client of clients) await client.close()
      await broker?.stop()
    })
    preparationContract(bench)
    boundedRunContract(bench)
    failureContract(bench)
    limitContract(bench)
    faultContract(bench)
  })
}
