/** The contract of the port on an embedded broker of three nodes. */
import { auditedBroker } from './audited.ts'
import { portContract } from './port.ts'

portContract('an embedded broker of three nodes', {
  features: { protocol: 2 },
  start: () =>
    auditedBroker({
      nodes: 3,
      markerDelay: { minimum: 0, maximum: 15 },
      shuffleAborted: true,
      transactionCheckInterval: { milliseconds: 100 },
      groupMinimumSessionTimeout: { milliseconds: 500 },
    }),
})
