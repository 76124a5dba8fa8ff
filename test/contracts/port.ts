/** The contract of `kafka/port`: one suite, run on every broker and protocol that is claimed to work. */
import { describe } from 'vitest'
import { suiteClients } from './clients.ts'
import { compactionContract } from './port-compaction.ts'
import { groupContract } from './port-groups.ts'
import { logContract } from './port-log.ts'
import { lossContract } from './port-loss.ts'
import { stormContract } from './port-storm.ts'
import { transactionContract } from './port-transactions.ts'
import { type Bench, type ContractBroker, type ContractFeatures, unique } from './tools.ts'

/** @example portContract('embedded broker', { start: async () => …, features: { protocol: 2 } }) */
export function portContract(
  name: string,
  { start, features }: { readonly start: () => Promise<ContractBroker>; readonly features: ContractFeatures },
): void {
  describe(`kafka/port on ${name}`, () => {
    const suite = suiteClients(start)
    const bench: Bench = {
      features,
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
    transactionContract(bench)
    lossContract(bench)
    stormContract(bench)
    groupContract(bench)
    compactionContract(bench)
  })
}
