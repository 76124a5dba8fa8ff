/** Workers that park keys, on the embedded broker, which audits what they do. */
import { describe } from 'vitest'
import { auditedBroker } from '../../contracts/audited.ts'
import { suiteClients } from '../../contracts/clients.ts'
import { runtimeTools } from '../../contracts/runtime-tools.ts'
import { unique } from '../../contracts/tools.ts'
import { parkingContract } from './parking-contract.ts'

describe('a worker that parks keys', () => {
  const suite = suiteClients(() => auditedBroker({}))
  const bench = runtimeTools({
    brokers: () => suite.broker.brokers,
    kafka: () => suite.kafka,
    client: (brokers) => suite.client(brokers, { clientId: unique('worker') }),
  })
  parkingContract(bench)
})
