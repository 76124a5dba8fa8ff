/** Running topologies on the embedded broker, with both transaction protocols. */
import { startBroker } from '../../src/broker/index.ts'
import { runtimeContract } from '../contracts/runtime.ts'

for (const transactionVersion of [2, 0] as const) {
  runtimeContract(`the embedded broker, transaction.version ${transactionVersion}`, async () => {
    const broker = await startBroker({ features: { transactionVersion } })
    return { brokers: broker.address, stop: () => broker.close(), compact: async () => undefined }
  })
}
