/** A broker for a suite, and the clients its tests ask for. */
import { afterAll, beforeAll } from 'vitest'
import type { NativeConfig } from '../../src/kafka/native/config.ts'
import type { Kafka } from '../../src/kafka/port.ts'
import { type Connect, type ContractBroker, connected } from './tools.ts'

export interface SuiteClients {
  readonly broker: ContractBroker
  /** The first client. */
  readonly kafka: Kafka
  /** Another one; closed with the suite. */
  client(brokers?: string, config?: Partial<NativeConfig>): Promise<Kafka>
}

/** Starts the broker before the tests of the present `describe` and ends it, and every client, after them. */
export function suiteClients(start: () => Promise<ContractBroker>, connect: Connect = connected): SuiteClients {
  const clients: Kafka[] = []
  let broker: ContractBroker
  let kafka: Kafka
  const client: SuiteClients['client'] = async (brokers = broker.brokers, config = {}) => {
    const another = await connect(brokers, config)
    clients.push(another)
    return another
  }
  beforeAll(async () => {
    broker = await start()
    kafka = await client()
  })
  afterAll(async () => {
    for (const each of clients) await each.close()
    await broker?.stop()
  })
  return {
    get broker() {
      return broker
    },
    get kafka() {
      return kafka
    },
    client,
  }
}
