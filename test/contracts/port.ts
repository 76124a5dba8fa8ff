/** The contract of `kafka/port`: one suite, run on every broker and protocol that is claimed to work. */
import { describe } from 'vitest'
import { connectKafka } from '../../src/kafka/native/index.ts'
import { suiteClients } from './clients.ts'
import { adminContract } from './port-admin.ts'
import { compactionContract } from './port-compaction.ts'
import { groupContract } from './port-groups.ts'
import { listContract } from './port-lists.ts'
import { logContract } from './port-log.ts'
import { lossContract } from './port-loss.ts'
import { stormContract } from './port-storm.ts'
import { transactionContract } from './port-transactions.ts'
import { promised, refusesExactlyOnce } from './promised.ts'
import { type Bench, type Connect, type ContractBroker, type ContractFeatures, type Declared, unique } from './tools.ts'

export interface ContractAdapter {
  readonly connect: Connect
  readonly declared: Declared
}

/** @example portContract('embedded broker', { start: async () => …, features: { protocol: 2 } }) */
export function portContract(
  name: string,
  {
    start,
    features,
    adapter,
  }: {
    readonly start: () => Promise<ContractBroker>
    readonly features: ContractFeatures
    /** Absent: the native client. */
    readonly adapter?: ContractAdapter
  },
): void {
  describe(`kafka/port on ${name}`, () => {
    const suite = suiteClients(start, adapter?.connect)
    const bench: Bench = {
      features,
      declared: adapter?.declared ?? connectKafka({ brokers: ['localhost:1'] }),
      get broker() {
        return suite.broker
      },
      get kafka() {
        return suite.kafka
      },
      client: suite.client,
      async topic(partitions = 1, configs = {}) {
        const topic = unique('contract')
        await suite.kafka.topics.create([{ name: topic, partitions, configs }])
        return topic
      },
    }
    logContract(bench)
    listContract(bench)
    lossContract(bench)
    groupContract(bench)
    adminContract(bench)
    promised(bench, 'exactlyOnce', () => {
      transactionContract(bench)
      stormContract(bench)
    })
    refusesExactlyOnce(bench)
    promised(bench, 'compactedRestore', () => compactionContract(bench))
  })
}
