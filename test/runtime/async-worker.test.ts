/** Workers whose records wait for answers, on the embedded broker. */
import { describe } from 'vitest'
import { auditedBroker } from '../contracts/audited.ts'
import { suiteClients } from '../contracts/clients.ts'
import { runtimeTools } from '../contracts/runtime-tools.ts'
import { unique } from '../contracts/tools.ts'
import { asyncContract } from './async-contract.ts'

describe('a worker whose records wait for answers', () => {
  const suite = suiteClients(() => auditedBroker({}))
  const bench = runtimeTools({
    brokers: () => suite.broker.brokers,
    kafka: () => suite.kafka,
    client: (brokers) => suite.client(brokers, { clientId: unique('worker') }),
  })
  asyncContract(bench)
})
