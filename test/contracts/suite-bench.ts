/** Workers of a suite, on a broker that it starts and ends. */
import { auditedBroker } from './audited.ts'
import { type SuiteClients, suiteClients } from './clients.ts'
import { type RuntimeBench, runtimeTools } from './runtime-tools.ts'
import { type ContractBroker, unique } from './tools.ts'

/** Workers that were killed are missed soon. */
const groupMinimumSessionTimeout = { seconds: 1 } as const

/**
 * Without `start`: the embedded broker, which audits what they do.
 * @example const bench = suiteBench()
 */
export function suiteBench(
  start: () => Promise<ContractBroker> = () => auditedBroker({ groupMinimumSessionTimeout }),
): RuntimeBench {
  return benchOf(suiteClients(start))
}

/** An audit knows workers by their clients' names. */
export function benchOf(suite: SuiteClients): RuntimeBench {
  return runtimeTools({
    brokers: () => suite.broker.brokers,
    kafka: () => suite.kafka,
    client: (brokers) => suite.client(brokers, { clientId: unique('worker') }),
  })
}
