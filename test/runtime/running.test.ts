/** Running topologies on the embedded broker, with both transaction protocols; the broker audits what they do. */
import { auditedBroker } from '../contracts/audited.ts'
import { runtimeContract } from '../contracts/runtime.ts'

for (const transactionVersion of [2, 0] as const) {
  runtimeContract(`the embedded broker, transaction.version ${transactionVersion}`, () =>
    auditedBroker({ features: { transactionVersion }, groupMinimumSessionTimeout: { seconds: 1 } }),
  )
}
