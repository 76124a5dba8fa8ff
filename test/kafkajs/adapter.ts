/** kafkajs for the contract of the port. */
import { kafkajs } from '../../src/kafka/kafkajs/index.ts'
import type { ContractAdapter } from '../contracts/port.ts'

export const overKafkajs: ContractAdapter = {
  declared: kafkajs({ brokers: ['localhost:1'] }),
  async connect(brokers) {
    const kafka = kafkajs({ clientId: 'contract', brokers: [brokers] })
    await kafka.connect()
    return kafka
  },
}
