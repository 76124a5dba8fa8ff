/** The contract of the port on the embedded broker, with transaction protocol 2 and with the older one. */
import { auditedBroker } from './audited.ts'
import { portContract } from './port.ts'

for (const transactionVersion of [2, 0] as const) {
  portContract(`the embedded broker, transaction.version ${transactionVersion}`, {
    features: { protocol: transactionVersion === 2 ? 2 : 1 },
    start: () =>
      auditedBroker({
        features: { transactionVersion },
        // Less kind than it has to be: what Kafka may do, it does.
        markerDelay: { minimum: 0, maximum: 15 },
        shuffleAborted: true,
        transactionCheckInterval: { milliseconds: 100 },
        groupMinimumSessionTimeout: { milliseconds: 500 },
      }),
  })
}
