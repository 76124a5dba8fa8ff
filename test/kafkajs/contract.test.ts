/** The contract of the port over kafkajs on the embedded broker: what it declares, and a reason for the rest. */
import { startBroker } from '../../src/broker/index.ts'
import { portContract } from '../contracts/port.ts'
import { overKafkajs } from './adapter.ts'

portContract('kafkajs and the embedded broker', {
  features: { protocol: 1 },
  adapter: overKafkajs,
  async start() {
    const broker = await startBroker({
      markerDelay: { minimum: 0, maximum: 15 },
      shuffleAborted: true,
      groupMinimumSessionTimeout: { milliseconds: 500 },
    })
    return {
      brokers: broker.address,
      stop: () => broker.close(),
      compact: async (topic) => broker.compactNow(topic),
    }
  },
})
