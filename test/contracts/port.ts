/** The contract of `kafka/port`: one suite, run on every broker and protocol that is claimed to work. */
import { afterAll, beforeAll, describe } from 'vitest'
import type { Kafka } from '../../src/kafka/port.ts'
import { compactionContract } from './port-compaction.ts'
import { groupContract } from './port-groups.ts'
import { logContract } from './port-log.ts'
import { lossContract } from './port-loss.ts'
import { stormContract } from './port-storm.ts'
import { transactionContract } from './port-transactions.ts'
import { type Bench, type ContractBroker, type ContractFeatures, connected, unique } from './tools.ts'

/** @example portContract('embedded broker', { start: async () => …, features: { protocol: 2 } }) */
export function portContract(
  name: string,
  { start, features }: { readonly start: () => Promise<ContractBroker>; readonly features: ContractFeatures },
): void {
  describe(`kafka/port on ${name}`, () => {
    const clients: Kafka[] = []
    let broker: ContractBroker
    let kafka: Kafka
    const bench: Bench = {
      features,
      get broker() {
        return broker
      },
      get kafka() {
        return kafka
      },
      async client(brokers = broker.brokers, config = {}) {
        const client = await connected(brokers, config)
        clients.push(client)
        return client
      },
      async topic(partitions = 1, configs = {}) {
        const topic = unique('contract')
        await kafka.topics.create([{ name: topic, partitions, configs }])
        return topic
      },
    }
    beforeAll(async () => {
      broker = await start()
      kafka = await bench.client()
    })
    afterAll(async () => {
      for (const client of clients) await client.close()
      await broker?.stop()
    })
    logContract(bench)
    transactionContract(bench)
    lossContract(bench)
    stormContract(bench)
    groupContract(bench)
    compactionContract(bench)
  })
}
